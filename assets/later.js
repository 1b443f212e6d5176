// The program's second part: what neither the first screen nor the first training needs. It lays its functions into
// the first part's table. Page and workers keep it as `reviewlab.later`, where the first part's import looks for it.
const bytesNow = (url) => {
  const request = new XMLHttpRequest();
  request.open("GET", url, false);
  // A window may not ask for bytes and wait for them; it may ask for text, in which each letter is a byte.
  request.overrideMimeType("text/plain; charset=x-user-defined");
  request.send();
  if (request.status !== 200) throw new Error(`${url}: ${request.status}`);
  return Uint8Array.from(request.responseText, (letter) => letter.charCodeAt(0));
};

export const later = (url, module) => {
  let fetched = null;
  let isAdded = false;
  return {
    url,
    module,
    // Whether anybody had to wait for it in the midst of a call.
    wasWaitedFor: false,
    // Compiles it ahead, once; asked again after a failure, it tries again.
    fetch() {
      fetched ??= fetch(url)
        .then((response) => (response.ok ? response.arrayBuffer() : Promise.reject(new Error(`${url}: ${response.status}`))))
        .then((bytes) => WebAssembly.compile(bytes))
        .then((compiled) => { this.module = compiled; })
        .catch((error) => { fetched = null; throw error; });
      return fetched;
    },
    // Called by the first part when it needs the second; whoever was faster than `fetch` waits here.
    add(first) {
      if (isAdded) return;
      this.wasWaitedFor = !this.module;
      this.module ??= new WebAssembly.Module(bytesNow(url));
      new WebAssembly.Instance(this.module, { first });
      isAdded = true;
    },
  };
};

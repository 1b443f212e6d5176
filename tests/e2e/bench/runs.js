// Times the table of runs: `runs.paint` after the records were read, `runs.act(act)` to the end of the next frame,
// `runs.scroll()` frame by frame; `runs.fill(n)` stores copies of the newest study until there are n runs.
(() => {
  const runs = (globalThis.runs = { read: 0, paint: null, shown: null });
  for (const prototype of [IDBObjectStore.prototype, IDBIndex.prototype]) {
    const { getAll } = prototype;
    prototype.getAll = function (...given) {
      const request = getAll.apply(this, given);
      request.addEventListener("success", () => {
        if (runs.paint === null) runs.read = performance.now();
      });
      return request;
    };
  }
  const afterFrame = (then) =>
    requestAnimationFrame(() => {
      const after = new MessageChannel();
      after.port1.onmessage = () => then(performance.now());
      after.port2.postMessage(0);
    });
  const table = () => document.querySelector('table[aria-label="Runs"]');
  new MutationObserver(() => {
    if (runs.shown === null && table()?.tBodies[0].querySelector("th[scope=row]")) {
      runs.shown = performance.now();
      afterFrame((now) => (runs.paint = now - runs.read));
    }
  }).observe(document, { childList: true, subtree: true });

  runs.act = (act) =>
    new Promise((done) => {
      const begun = performance.now();
      act();
      afterFrame((now) => done(now - begun));
    });
  runs.head = (name) =>
    [...table().tHead.querySelectorAll("button")].find((head) => head.textContent.trim().startsWith(name));
  runs.type = (text) => {
    const box = document.querySelector('input[aria-label="Filter runs"]');
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };
  runs.rows = () => Number(table()?.ariaRowCount ?? table()?.getAttribute("aria-rowcount"));
  runs.scroll = (nFrames, step) =>
    new Promise((done) => {
      const region = table().parentElement;
      const gaps = [];
      let last = null;
      const frame = (now) => {
        if (last !== null) gaps.push(now - last);
        last = now;
        region.scrollTop += step;
        if (gaps.length < nFrames) requestAnimationFrame(frame);
        else done({ gaps, top: region.scrollTop });
      };
      requestAnimationFrame(frame);
    });

  const ask = (request) =>
    new Promise((done, failed) => {
      request.onsuccess = () => done(request.result);
      request.onerror = () => failed(request.error);
    });
  const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  // An id some seconds before another: its first ten characters count milliseconds.
  const earlier = (id, seconds) => {
    let time = [...id.slice(0, 10)].reduce((sum, digit) => sum * 32 + DIGITS.indexOf(digit), 0) - seconds * 1000;
    let digits = "";
    for (let place = 0; place < 10; place++) {
      digits = DIGITS[time % 32] + digits;
      time = Math.floor(time / 32);
    }
    return digits + id.slice(10);
  };
  runs.fill = async (nRuns) => {
    const db = await ask(indexedDB.open("reviewlab"));
    const all = await ask(db.transaction("runs").objectStore("runs").getAll());
    const study = all.filter(({ kind }) => kind === "study").at(-1);
    const id = JSON.parse(study.json).id;
    const family = all.filter(({ parent }) => parent === id);
    const transaction = db.transaction("runs", "readwrite");
    const store = transaction.objectStore("runs");
    let nThere = all.length;
    for (let copy = 1; nThere < nRuns; copy++) {
      const other = earlier(id, copy);
      for (const row of [study, ...family]) {
        const json = row.json.replaceAll(id, other);
        const key = json.match(/"id":"([^"]+)"/)[1];
        store.put({ ...row, json, ...(row.parent && { parent: other }) }, key);
        nThere++;
      }
    }
    await new Promise((done, failed) => {
      transaction.oncomplete = done;
      transaction.onerror = () => failed(transaction.error);
    });
    db.close();
    return nThere;
  };
})();

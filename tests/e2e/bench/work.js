// Does a list of jobs as the page's pool does: those with bytes of the file by the first worker, two on their way at a
// time, then the others by whoever is free. `startWork(jobs, nWorkers)` gives a function; each call of it
// does all jobs once, by new workers of the module compiled at first, as each round has one natively, and gives milliseconds. What workers give must have the names that it has natively.
globalThis.startWork = async (jobs, nWorkers) => {
  const absolute = (path) => new URL(path, document.baseURI).href;
  const { js, wasm, later, worker: script } = document.querySelector("script[data-wasm]").dataset;
  const module = await WebAssembly.compileStreaming(fetch(absolute(wasm)));
  const source = `import ${JSON.stringify(absolute(script))};`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const file = document.querySelector("input[aria-label='Measured file']").files[0];
  const blobs = new Map();
  let nAsked = 0;
  let lastRead = Promise.resolve();

  const start = async (number) => {
    const worker = new Worker(url, { type: "module" });
    const waiting = new Map();
    const held = new Set();
    await new Promise((ready, failed) => {
      worker.onerror = ({ message }) => failed(new Error(message));
      worker.onmessage = ({ data }) => (data === "ready" ? ready() : failed(new Error(data.died)));
      const part = later && { url: absolute(later) };
      worker.postMessage({ js: absolute(js), module, lock: `measured-${number}-${Math.random()}`, later: part });
    });
    worker.onmessage = ({ data }) => {
      const { resolve, reject } = waiting.get(data.job) ?? { reject: console.error };
      waiting.delete(data.job);
      if (data.died) return reject(new Error(data.died));
      for (const [hash, bytes] of data.blobs) {
        blobs.set(hash, bytes);
        held.add(hash);
      }
      resolve(data);
    };
    const ask = async ({ request, input, needs, gave }) => {
      for (const hash of needs.filter((hash) => !held.has(hash))) {
        held.add(hash);
        worker.postMessage({ provide: hash, bytes: blobs.get(hash) });
      }
      const message = { job: nAsked++, request };
      if (input) {
        // Chunks are read ahead and posted in order.
        const bytes = file.slice(...input).arrayBuffer();
        lastRead = lastRead.then(() => bytes);
        message.input = new Uint8Array(await lastRead);
      }
      const answer = new Promise((resolve, reject) => waiting.set(message.job, { resolve, reject }));
      worker.postMessage(message, input ? [message.input.buffer] : []);
      const { answer: text, blobs: given } = await answer;
      const names = given.map(([hash]) => hash);
      if (text.startsWith('{"Err"')) throw new Error(text);
      if (JSON.stringify(names) !== JSON.stringify(gave)) throw new Error(`other bits than natively: ${text}`);
    };
    return { ask, end: () => worker.terminate() };
  };

  return async () => {
    blobs.clear();
    const started = await Promise.all(Array.from({ length: nWorkers }, (_, number) => start(number)));
    const workers = started.map(({ ask }) => ask);
    const since = watched.now();
    const begun = performance.now();
    const share = (jobs) => async (ask) => {
      for (const job of jobs) await ask(job);
    };
    await Promise.all([workers[0], workers[0]].map(share(jobs.filter(({ input }) => input).values())));
    await Promise.all(workers.map(share(jobs.filter(({ input }) => !input).values())));
    const clock_ms = performance.now() - begun;
    // What the workers noted of their last jobs is still on its way.
    await new Promise((noted) => setTimeout(noted, 50));
    const { clock, together } = watched.work(since);
    started.forEach(({ end }) => end());
    return { clock_ms, worked_ms: clock, together_ms: together };
  };
};

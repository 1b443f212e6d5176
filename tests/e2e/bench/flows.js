// Times the dashboard of flows: `flows.paint` from the records as the browser gives them to the first rows on the
// screen; `flows.fill(n, tasks)` stores copies of the newest flow run until there are n, each of so many tasks.
(() => {
  const flows = (globalThis.flows = { read: 0, paint: null, shown: null });
  for (const prototype of [IDBObjectStore.prototype, IDBIndex.prototype]) {
    const { getAll } = prototype;
    prototype.getAll = function (...given) {
      const request = getAll.apply(this, given);
      const isOfRuns = (this.name ?? "") === "flow_runs";
      request.addEventListener("success", () => {
        if (isOfRuns && flows.paint === null) flows.read = performance.now();
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
  const table = () => document.querySelector('table[aria-label="Flow runs"]');
  new MutationObserver(() => {
    if (flows.shown === null && table()?.tBodies[0].querySelector("th[scope=row]")) {
      flows.shown = performance.now();
      afterFrame((now) => (flows.paint = now - flows.read));
    }
  }).observe(document, { childList: true, subtree: true });

  const ask = (request) =>
    new Promise((done, failed) => {
      request.onsuccess = () => done(request.result);
      request.onerror = () => failed(request.error);
    });
  const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const time = (id) => [...id.slice(0, 10)].reduce((sum, digit) => sum * 32 + DIGITS.indexOf(digit), 0);
  // An id some minutes before another: its first ten characters count milliseconds.
  const earlier = (id, ms) => {
    let left = time(id) - ms;
    let digits = "";
    for (let place = 0; place < 10; place++) {
      digits = DIGITS[left % 32] + digits;
      left = Math.floor(left / 32);
    }
    return digits + id.slice(10);
  };
  flows.fill = async (nRuns, nTasks) => {
    const db = await ask(indexedDB.open("reviewlab"));
    const stores = ["flow_runs", "task_runs"];
    const run = (await ask(db.transaction(stores).objectStore("flow_runs").getAll())).at(-1);
    const tasks = await ask(db.transaction(stores).objectStore("task_runs").getAll());
    const { id, due } = JSON.parse(run.json);
    const own = tasks.filter(({ json }) => JSON.parse(json).flow_run === id);
    const transaction = db.transaction(stores, "readwrite");
    for (let copy = 1; copy < nRuns; copy++) {
      const ms = copy * 1_300_000;
      const other = earlier(id, ms);
      const json = run.json.replaceAll(id, other).replaceAll(`"due":${due}`, `"due":${due - ms}`);
      transaction.objectStore("flow_runs").put({ ...run, json }, other);
      for (let place = 0; place < nTasks; place++) {
        const task = own[place % own.length];
        const key = `${other}.${String(place).padStart(3, "0")}`;
        const known = JSON.parse(task.json).id;
        const text = task.json.replaceAll(known, key).replaceAll(id, other);
        transaction.objectStore("task_runs").put({ ...task, json: text }, key);
      }
    }
    await new Promise((done, failed) => {
      transaction.oncomplete = done;
      transaction.onerror = () => failed(transaction.error);
    });
    const nThere = await ask(db.transaction("flow_runs").objectStore("flow_runs").count());
    db.close();
    return nThere;
  };
})();

// A worker's start: runs the page's own compiled module, and holds a lock for as long as the worker lives,
// so that the page learns of a death that fires no event.
import { later } from "./later.js";

const untilHeld = (name) =>
  new Promise((held) => {
    if (!navigator.locks) return held();
    navigator.locks.request(name, () => {
      held();
      return new Promise(() => {});
    });
  });

self.onmessage = async ({ data: { js, module, lock, later: part } }) => {
  self.onmessage = null;
  self.reviewlab = { later: part && later(part.url, part.module) };
  try {
    const [{ default: load }] = await Promise.all([import(js), untilHeld(lock)]);
    await load({ module_or_path: module });
  } catch (error) {
    self.postMessage({ died: String(error) });
  }
};

// What this worker asked the network for: told as it comes, and when the page of settings wants to know.
performance.setResourceTimingBufferSize?.(5000);
const requests = new BroadcastChannel("reviewlab-requests");
const tell = (entries) => requests.postMessage({ by: "worker", names: entries.map(({ name }) => name) });
new PerformanceObserver((list) => tell(list.getEntries())).observe({ type: "resource", buffered: true });
requests.onmessage = ({ data }) => {
  if (data === "which?") tell(performance.getEntriesByType("resource"));
};

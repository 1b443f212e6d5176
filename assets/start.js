// Loads the app: the glue and the compiled module, whose hashed names stand on this script's own element.
import { later } from "./later.js";

const { js, wasm, later: rest, version } = document.querySelector("script[data-wasm]").dataset;
// Held for as long as the page lives: the files that it may still ask for are kept (sw.js).
if (version && navigator.locks) {
  const lock = `reviewlab-page ${new URL(document.baseURI).pathname} ${version}`;
  navigator.locks.request(lock, { mode: "shared" }, () => new Promise(() => {})).catch(() => {});
}
const absolute = (path) => new URL(path, document.baseURI).href;
const part = rest && later(absolute(rest));
window.reviewlab.later = part;
// Pages that come later begin at once, the others when they stand; those that wait for it ask again.
const isSoon = !/^(home|returning|data|train)$/.test(document.documentElement.dataset.page);
const fetchPart = () => part && part.fetch().catch(() => {});
if (isSoon) fetchPart();
const { default: load } = await import(absolute(js));
await load({ module_or_path: absolute(wasm) });
fetchPart();

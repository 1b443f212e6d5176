// Loads the app: the glue and the compiled module, whose hashed names stand on this script's own element.
const { js, wasm } = document.querySelector("script[data-wasm]").dataset;
const absolute = (path) => new URL(path, document.baseURI).href;
const { default: load } = await import(absolute(js));
await load({ module_or_path: absolute(wasm) });

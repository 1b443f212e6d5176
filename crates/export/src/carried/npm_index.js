// The model of this package: `const predictor = await open(); predictor.answer("…")`.
import { ReviewPredictor } from "./predictor.js";

// Bytes of a file of this package, in a browser or in node.
const bytesOf = async (name) => {
  const url = new URL(name, import.meta.url);
  if (url.protocol === "file:" && globalThis.process?.versions?.node) {
    const { readFile } = await import("node:fs/promises");
    return new Uint8Array(await readFile(url));
  }
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${name} could not be fetched: ${answer.status}.`);
  return new Uint8Array(await answer.arrayBuffer());
};

// The model, ready to answer.
export const open = async () => {
  const [program, model] = await Promise.all([bytesOf("./predictor.wasm"), bytesOf("./model.rlm")]);
  return ReviewPredictor.open(program, model);
};

export { ReviewPredictor };

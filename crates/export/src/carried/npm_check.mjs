// Holds this package to the answers that its model gave where it was made: `node check.mjs`.
import { readFile } from "node:fs/promises";
import { open } from "./index.js";

const golden = JSON.parse(await readFile(new URL("./golden.json", import.meta.url), "utf8"));
const { n_equal, n_rows } = (await open()).check(golden);
console.log(`checked: ${n_equal} of ${n_rows} equal`);
if (n_equal !== n_rows) process.exitCode = 1;

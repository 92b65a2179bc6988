/** Reads BTF and looks a function up, so many times; prints how many milliseconds the last took. */

import { readFileSync } from "node:fs";
import { readBtf } from "../../src/btf/read.js";

const [path = "", name = "", rounds = "1"] = process.argv.slice(2);

function once(): number {
  const start = performance.now();
  const btf = readBtf(readFileSync(path), path);
  const found = btf.ok ? btf.value.find("function", name) : [];
  const time = performance.now() - start;
  if (found.length === 0) throw new Error(`${path} has no ${name}`);
  return time;
}

let time = 0;
for (let round = 0; round < Number(rounds); round++) time = once();
console.log(time);

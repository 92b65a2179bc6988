/** Reading a kernel's BTF and looking one function up, against libbpf; each times itself, without its process's start. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { folder, output, profile, root } from "./lab.js";
import { type Bench, inTurn } from "./row.js";

const looked = "d_alloc_parallel";

export const btf: Bench = async () => {
  const types = join(folder, "vmlinux.btf");
  writeFileSync(types, gunzipSync(readFileSync(join(profile, "vmlinux.btf.gz"))));
  const libbpf = join(folder, "libbpf");
  output(["cc", "-O2", "-o", libbpf, join(root, "test/bench/btf.c"), "-lbpf"]);
  const step = (rounds: number) => (command: readonly [string, ...string[]]) => () => {
    return Number(output([...command, types, looked, String(rounds)]));
  };
  const own: [string, ...string[]] = [process.execPath, join(root, "out/bench/find.js")];
  const [coldOurs, coldTheirs, warmOurs, warmTheirs] = await inTurn([
    step(1)(own),
    step(1)([libbpf]),
    step(50)(own),
    step(50)([libbpf]),
  ]);
  const against = "libbpf";
  return [
    { what: "BTF and a look-up, in a fresh process", ours: coldOurs, against, theirs: coldTheirs, goal: 5 },
    { what: "the same once the engine is warm", ours: warmOurs, against, theirs: warmTheirs, goal: 5 },
  ];
};

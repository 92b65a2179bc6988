/** Every diagnostic that there is. */

import * as bind from "./bind/codes.js";
import * as rules from "./bind/rules/codes.js";
import * as btf from "./btf/codes.js";
import * as build from "./build/codes.js";
import * as cli from "./cli/codes.js";
import * as cluster from "./cluster/codes.js";
import * as convert from "./convert/codes.js";
import type { Code } from "./diagnostic.js";
import * as exporting from "./export/codes.js";
import * as kernel from "./kernel/codes.js";
import * as c from "./spec/c/codes.js";
import * as spec from "./spec/codes.js";
import * as vm from "./vm/codes.js";

const modules: readonly object[] = [
  spec,
  c,
  convert,
  btf,
  kernel,
  rules,
  bind,
  build,
  exporting,
  vm,
  cluster,
  cli,
];

/** A catalogue entry whose arguments are not looked at. */
export type Entry = Pick<Code<never>, "code" | "severity" | "page">;

/** All entries, stage by stage. */
export const catalogue: readonly Entry[] = modules.flatMap((module) => Object.values(module).filter(isEntry));

/** A module of codes may export other things beside. */
function isEntry(value: unknown): value is Entry {
  return typeof value === "function" && "code" in value && "page" in value;
}

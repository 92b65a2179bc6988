#!/usr/bin/env node
/**
 * Starts the bundled program with what V8 made of it in an earlier run, since to compile it anew takes longer than most
 * verbs' own work. V8 takes that only from its own version; of another, it compiles.
 */

import { readFileSync, statSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { join } from "node:path";
import { Script } from "node:vm";

const path = join(__dirname, "injectc.cjs");
const cachePath = join(__dirname, "injectc.cjs.cache");

/** The program, for whoever makes the cache: .cache.cjs. */
export const script = new Script(Module.wrap(readFileSync(path, "utf8")), {
  filename: path,
  cachedData: cached(),
});

/** None where it is older than the program, and so perhaps made of another. */
function cached(): Buffer | undefined {
  const time = (file: string) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return time(cachePath) >= time(path) ? readFileSync(cachePath) : undefined;
}

const program = { exports: {} };
script.runInThisContext()(program.exports, createRequire(path), program, path, __dirname);

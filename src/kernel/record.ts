/** What a profile says of itself: the kernel's release, and how each fact was learned. Its file `profile.json`. */

import { type Checked, checked, failed } from "../diagnostic.js";
import { damagedRecord } from "./codes.js";
import { parseRelease } from "./release.js";

export const recordFile = "profile.json";

/** `read`: from a file that came with the kernel; `booted`: told by the kernel in a guest; `captured`: by a node's. */
export type How = "read" | "booted" | "captured";

const hows: readonly unknown[] = ["read", "booted", "captured"] satisfies How[];

export interface Record {
  /** As `uname -r` prints it. */
  readonly release?: string;
  /** By file name; a fact that is absent is not known. */
  readonly facts: Readonly<{ [file: string]: How }>;
}

/** The record as bytes; same record, same bytes. */
export function printRecord({ release, facts }: Record): Buffer {
  const sorted = Object.fromEntries(Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1)));
  return Buffer.from(`${JSON.stringify({ schema: 1, release: release ?? null, facts: sorted }, null, 2)}\n`);
}

/** A record from its bytes. `path` is how diagnostics call it. */
export function parseRecord(bytes: Uint8Array, path: string): Checked<Record> {
  const bad = (problem: string) => failed(damagedRecord(undefined, { path, problem }));
  let read: unknown;
  try {
    read = JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch (error) {
    return bad((error as Error).message);
  }
  if (typeof read !== "object" || read === null) return bad("it is no object");
  const { schema, release, facts } = read as { [name: string]: unknown };
  if (schema !== 1) return bad("its schema is not 1");
  if (release !== null && !(typeof release === "string" && parseRelease(release)))
    return bad("its release is none");
  if (typeof facts !== "object" || facts === null) return bad("it has no facts");
  const unknown = Object.values(facts).find((how) => !hows.includes(how));
  if (unknown !== undefined)
    return bad(`it tells of no way to learn a fact that is called ${JSON.stringify(unknown)}`);
  return checked({ ...(release === null ? {} : { release }), facts: facts as Record["facts"] });
}

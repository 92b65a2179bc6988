/** What is to be said of a spec that is handed to a loader which does not read manifests. */

import type { Manifest } from "../build/manifest.js";
import { notCarried } from "../convert/codes.js";
import { type Checked, checked, failed } from "../diagnostic.js";
import { durationText } from "../spec/duration.js";
import { everyTask, lostTarget } from "./codes.js";
import { targetsOf } from "./words.js";

/** Whether a loader can have it that fills no maps: for such, the fault is for nobody or for every task, and does not end. */
export function strangers(loader: string, manifest: Manifest): Checked<null> {
  const { durationMs, placement } = manifest;
  const targets = targetsOf(manifest).map(({ kind, value }) => `${kind} ${value}`);
  if (targets.length > 0) return failed(lostTarget(undefined, { loader, targets }));
  const duration =
    durationMs === null ? [] : [`the duration ${durationText(BigInt(Math.round(durationMs * 1e6)))}`];
  const left = [...duration, ...(placement ? ["the pods that are selected"] : [])];
  return checked(null, [
    everyTask(undefined, { loader }),
    ...left.map((what) => notCarried(undefined, { format: loader, what, instead: "" })),
  ]);
}

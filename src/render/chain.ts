/** What the templates need of the call chain. */

import type { Variant } from "../bind/plan.js";
import { registers } from "../bind/registers.js";
import { savedText } from "./parameter.js";

/** As many return probes as a task may wait for at a time, those of others included. */
const longestList = 64;

/** The chain, for all the programs. */
export function chainOf({
  frames,
  stackSize,
  backend,
  modern,
  busy,
  arch,
}: Variant): Record<string, unknown> {
  // Of a task that BTF knows, the verifier lets a program read directly.
  const field = (path: string) =>
    modern ? `current_task()->${path}` : `BPF_CORE_READ(current_task(), ${path})`;
  return {
    depth: frames.length,
    last: frames.length - 1,
    stackSize,
    stack: field("stack"),
    section: backend === "override" ? "kprobe" : "fentry",
    early: !modern,
    busy: busy && backend === "fmod_ret",
    slots: registers[arch].popped > 0,
    returns: { rethooks: field("rethooks.first"), instances: field("kretprobe_instances.first") },
    longest: longestList,
  };
}

/** Frames on whose arguments it depends whether a call is taken: how many words tell that it is still the same call. */
export function sameOf({ frames, arch }: Variant) {
  return frames.flatMap(({ when, slots }, index) => {
    if (!when?.reads.length) return [];
    const saved = when.reads.filter(({ from }) => from === "registers");
    // Behind the arguments comes the place of the result.
    return { index, words: slots + 1, saved: saved.map(({ slot }) => savedText(slot, "words[0]", arch)) };
  });
}

/** One entry a function: its frames, innermost first, since one call is at most one frame. */
export function probesOf(variant: Variant): Record<string, unknown>[] {
  const { frames, backend, arch } = variant;
  const override = backend === "override";
  const functions = [...new Set(frames.map((f) => f.function))];
  const popped = registers[arch].popped;
  return functions.map((name) => {
    const indices = frames.flatMap((f, i) => (f.function === name ? [i] : [])).reverse();
    return {
      function: name,
      comment: indices.length > 1 ? `frames ${indices.join(", ")}` : `frame ${indices[0]}`,
      enterSection: override ? "kprobe" : "fentry",
      leaveSection: override ? "kretprobe" : "fexit",
      // A function that ends in a call of another has its place, so there both live; a trampoline calls the function itself.
      over: override ? `0x${indices.reduce((mask, i) => mask | (1 << i), 0).toString(16)}` : "~0U",
      left: override ? (popped ? `ctx->sp - ${popped}` : "ctx->sp") : "address_of(ctx)",
      frames: indices.map((index) => ({
        index,
        condition: frames[index]?.when ? `frame${index}_when` : undefined,
        note: frames[index]?.when?.told.values.length ? `frame${index}_note` : undefined,
      })),
    };
  });
}

import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { loader } from "./lab.js";

const program = await loader("explain", { asan: true, main: join(import.meta.dirname, "explain.c") });

interface Case {
  /** Of each frame, outermost first: entered, passed. */
  readonly frames?: readonly (readonly [number, number])[];
  /** Seen, eligible, injected, observed. */
  readonly counted?: readonly number[];
  readonly probability?: number;
  readonly times?: number;
  readonly interval?: number;
  readonly space?: number;
  readonly observe?: number;
  readonly missed?: number;
  readonly says: string;
}

const missed =
  "missed: with kprobes, only so many of a function can wait for their return at a time, before Linux 5.15 no more than 16384 tasks can be inside the chain, and the kernel skips a probe that interrupts another";

const cases: readonly Case[] = [
  { says: "no target has called fault() yet" },
  { frames: [[0, 0]], says: "no target has called outer() yet" },
  {
    frames: [[7, 0]],
    says: "of 7 calls of outer() by targets, none had arguments for which its predicate is true",
  },
  {
    frames: [[7, 0]],
    missed: 6,
    says: `of 7 calls of outer() by targets, none was taken into the chain; 6 calls were ${missed}`,
  },
  {
    frames: [[7, 1]],
    missed: 6,
    says: `fault() was not called inside the chain, though it was complete 1 time; 6 calls were ${missed}`,
  },
  {
    frames: [
      [7, 2],
      [0, 0],
    ],
    says: "no target has called inner() yet",
  },
  {
    frames: [
      [7, 2],
      [9, 0],
    ],
    says: "of 9 calls of inner() by targets, none was inside outer() and had arguments for which its predicate is true",
  },
  {
    frames: [
      [7, 2],
      [9, 1],
    ],
    says: "fault() was not called inside the chain, though it was complete 1 time",
  },
  {
    frames: [
      [7, 2],
      [9, 1],
    ],
    counted: [4, 0, 0, 0],
    says: "of 4 calls of fault(), none was eligible: its predicate was not true, or the caller may not fail",
  },
  {
    counted: [4, 4, 0, 0],
    ...{ probability: 2 ** 31, interval: 5 },
    says: "of 4 eligible calls, the trigger has let none fail: one in 5 is looked at, and then fails with a probability of 50 %",
  },
  {
    counted: [4, 4, 0, 0],
    space: 4096,
    says: "of 4 eligible calls, all were let through, perhaps within the first 4096 bytes (space)",
  },
  { counted: [4, 4, 0, 0], probability: 0, says: "it is paused: the probability was set to 0" },
  { counted: [4, 4, 2, 0], probability: 0, says: "it is paused: the probability was set to 0" },
  { counted: [4, 4, 2, 0], times: 2, says: "it has fired as often as it may: times is 2" },
  { counted: [4, 4, 0, 3], observe: 1, says: "it only observes: 3 calls would have failed" },
  { counted: [4, 4, 0, 1], observe: 1, says: "it only observes: 1 call would have failed" },
  { counted: [4, 4, 3, 0], missed: 6, says: "it fires: 3 calls have failed" },
];

test.each(cases)("$says", async (wanted) => {
  const { frames = [], counted = [0, 0, 0, 0], probability = 2 ** 32, times = 0 } = wanted;
  const { interval = 1, space = 0, observe = 0, missed = 0 } = wanted;
  const settings = [probability, times, interval, space, observe, missed];
  const words = [...counted, ...settings, ...frames.flat()].map(String);
  expect((await execa(program, words)).stdout).toBe(wanted.says);
});

/** What the program that loads an object does over and over: calls of bpf(2), and what it takes from and tells who runs it. */

import type { Bytecode, Register } from "./bytecode.js";

/** bpf(2)'s commands, and helpers, of include/uapi/linux/bpf.h. */
export const commands = { mapCreate: 0, mapUpdate: 2, programLoad: 5, btfLoad: 18, mapFreeze: 22 } as const;
export const helpers = { bpf: 166, findType: 167, close: 168 } as const;

/** `struct context` of the loader's skeleton.c. */
export const context = {
  log: 0,
  logLevel: 8,
  logSize: 12,
  id: 16,
  values: 24,
  rooms: 44,
  descriptors: 56,
} as const;

/** Registers that calls leave alone: the context, the last result, and the descriptors of the BTF and of a map. */
export const [own, result, types, mapped] = [6, 7, 8, 9] as const;

/** What builds some instructions, once all offsets are known. */
export type Step = (code: Bytecode) => void;

/** Stores at a place the address of another. */
export function point(code: Bytecode, at: number, target: number): void {
  code.place(0, target);
  code.place(1, at);
  code.store(8, 1, 0, 0);
}

export function store(code: Bytecode, at: number, register: Register): void {
  code.place(1, at);
  code.store(4, 1, 0, register);
}

/** Takes 32 bits from the context. */
export function take(code: Bytecode, at: number, from: number): void {
  code.load(4, 0, own, from);
  store(code, at, 0);
}

export function call(code: Bytecode, command: number, attributes: number, size: number): void {
  code.number(1, command);
  code.place(2, attributes);
  code.number(3, size);
  code.call(helpers.bpf);
  code.copy(result, 0);
  code.endIfNegative(result);
}

/** Tells the descriptor that came last: of the BTF, then of each map, then of each program. */
export function tell(code: Bytecode, index: number): void {
  code.store(4, own, context.descriptors + 4 * index, result);
}

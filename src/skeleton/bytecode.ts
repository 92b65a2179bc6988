/** BPF instructions, as far as a loader needs any: opcodes of include/uapi/linux/bpf.h. */

export type Register = 0 | 1 | 2 | 3 | 4 | 6 | 7 | 8 | 9;
/** In bytes. */
export type Width = 4 | 8;

const widths: Readonly<Record<Width, number>> = { 4: 0x00, 8: 0x18 };
const [pseudoMap, pseudoValue] = [5, 6];

/** Builds a program; jumps lead to its end, which `finish` gives. */
export interface Bytecode {
  number(to: Register, value: number): void;
  copy(to: Register, from: Register): void;
  /** The address of the first map, or of a place in its value. */
  map(to: Register): void;
  place(to: Register, offset: number): void;
  long(to: Register, value: bigint): void;
  load(width: Width, to: Register, from: Register, offset: number): void;
  store(width: Width, to: Register, offset: number, from: Register): void;
  shiftRight(register: Register, bits: number): void;
  call(helper: number): void;
  /** Leaves out what `skipped` builds where the register is 0. */
  unlessZero(register: Register, skipped: () => void): void;
  endIfNegative(register: Register): void;
  endIfNot(register: Register, value: number | Register, kind: "number" | "register"): void;
  /** The instructions, with what `end` builds behind them. */
  finish(end: () => void): Buffer;
  exit(): void;
}

export function bytecode(): Bytecode {
  const code: Buffer[] = [];
  const toEnd: number[] = [];
  const emit = (opcode: number, to: number, from: number, offset: number, value: number) => {
    const one = Buffer.alloc(8);
    one[0] = opcode;
    one[1] = to | (from << 4);
    one.writeInt16LE(offset, 2);
    one.writeInt32LE(value | 0, 4);
    code.push(one);
  };
  const wide = (to: number, from: number, low: number, high: number) => {
    emit(0x18, to, from, 0, low);
    emit(0, 0, 0, 0, high);
  };
  const end = (opcode: number, to: number, from: number, value: number) => {
    toEnd.push(code.length);
    emit(opcode, to, from, 0, value);
  };
  return {
    number: (to, value) => emit(0xb7, to, 0, 0, value),
    copy: (to, from) => emit(0xbf, to, from, 0, 0),
    map: (to) => wide(to, pseudoMap, 0, 0),
    place: (to, offset) => wide(to, pseudoValue, 0, offset),
    long: (to, value) => wide(to, 0, Number(value & 0xffffffffn), Number(value >> 32n)),
    load: (width, to, from, offset) => emit(0x61 | widths[width], to, from, offset, 0),
    store: (width, to, offset, from) => emit(0x63 | widths[width], to, from, offset, 0),
    shiftRight: (register, bits) => emit(0x77, register, 0, 0, bits),
    call: (helper) => emit(0x85, 0, 0, 0, helper),
    unlessZero: (register, skipped) => {
      const at = code.length;
      emit(0x15, register, 0, 0, 0);
      skipped();
      code[at]!.writeInt16LE(code.length - at - 1, 2);
    },
    endIfNegative: (register) => end(0xc5, register, 0, 0),
    endIfNot: (register, value, kind) =>
      kind === "number" ? end(0x55, register, 0, value) : end(0x5d, register, value, 0),
    exit: () => emit(0x95, 0, 0, 0, 0),
    finish: (last) => {
      for (const at of toEnd) code[at]!.writeInt16LE(code.length - at - 1, 2);
      last();
      return Buffer.concat(code);
    },
  };
}

/** What will be rendered: every decision taken, every name checked. Made only by `bind`; nothing is filled in later. */

import type { Backend, Feature, ManifestTrigger } from "../build/manifest.js";
import type { Arch } from "../kernel/kernel.js";
import type { Span } from "../source.js";
import type { BinaryOperator, UnaryOperator } from "../spec/expr.js";
import type { CType, IntType, RecordType } from "./ctype.js";
import type { CIdent, KernelSymbol } from "./name.js";

export interface Plan {
  readonly kind: "plan";
  readonly name: string;
  /** One object each; the fewest that serve all the kernels. */
  readonly variants: readonly Variant[];
}

/** One object: one backend on one architecture, for the kernels that it was bound to. */
export interface Variant {
  readonly kind: "variant";
  readonly name: string;
  readonly backend: Backend;
  /** Why this backend, in a sentence. */
  readonly reason: string;
  readonly arch: Arch;
  readonly kernels: readonly { readonly name: string; readonly release: string | null }[];
  readonly fault: FaultPlan;
  /** Outermost first. */
  readonly frames: readonly FramePlan[];
  /**
   * The kernel is of 5.15 or later: it has task storage and its tasks' ancestor cgroups for tracing programs, and atomic
   * additions that give the old value, so `times` is exact.
   */
  readonly modern: boolean;
  /** On some of the kernels, a look-up of a task's state fails in the midst of another. */
  readonly busy: boolean;
  /** Bytes of a task's kernel stack. */
  readonly stackSize: number;
  readonly trigger: ManifestTrigger;
  /** The part of the kernel's types that the predicates read, in an order in which C accepts it. */
  readonly types: readonly TypePlan[];
  readonly needs: {
    readonly features: readonly Feature[];
    readonly functions: readonly { readonly name: string; readonly arities?: readonly number[] }[];
    readonly config: readonly string[];
  };
}

export interface FaultPlan {
  readonly kind: "slab" | "page" | "bio" | "syscall" | "function";
  readonly function: KernelSymbol;
  /** What it returns, and the name that people know it by. */
  readonly value: number;
  readonly return: string;
  readonly when?: ConditionPlan;
  /** Events that are never eligible: allocations that must not fail. */
  readonly exempt?: ConditionPlan;
  /** What `space` counts; absent where the spec does not use it. */
  readonly bytes?: ConditionPlan;
}

export interface FramePlan {
  readonly function: KernelSymbol;
  /** How many 8-byte argument slots a call of it has, in all kernels. */
  readonly slots: number;
  readonly when?: ConditionPlan;
}

export interface ParameterPlan {
  readonly name: CIdent;
  readonly type: CType;
  /** Which of the call's 8-byte argument slots, from 0; for a system call's wrapper, which of the call's own arguments. */
  readonly slot: number;
  /** Passed to the function itself, or one of a system call's arguments, which its wrapper gets in saved registers. */
  readonly from: "call" | "registers";
  /** A pointer whose value is wanted as a number, which the verifier does not give for a pointer that it follows. */
  readonly number: boolean;
}

export interface ConditionPlan {
  readonly span: Span;
  /** The user's own words. */
  readonly text: string;
  readonly test: Typed;
  /** Of the function's parameters, those that the test reads. */
  readonly reads: readonly ParameterPlan[];
  readonly told: ToldPlan;
}

/** What an event tells of the arguments. All is read by helpers, and apart from the test: what guards it there does not here. */
export interface ToldPlan {
  readonly reads: readonly ParameterPlan[];
  readonly values: readonly ValuePlan[];
}

/** Something that the predicate reads, by the user's own words for it: a number, or the string that the pointer leads to. */
export interface ValuePlan {
  readonly kind: "number" | "string";
  readonly text: string;
  readonly value: Typed;
}

/** A record with the members that are read. */
export interface TypePlan {
  readonly record: RecordType;
  readonly members: readonly MemberPlan[];
  /** Something holds it, there is an array of it, or only a typedef names it: it is to be defined though nothing of it be read. */
  readonly whole: boolean;
}

export interface MemberPlan {
  readonly name: CIdent;
  readonly type: CType;
  /** Width in bits of a bitfield. */
  readonly bits?: number;
}

/** How a program gets at memory: through a pointer that the verifier follows, or by a helper that copies. */
export type Access = "direct" | "kernel" | "user";

/** A typed expression. Arrays have decayed and every read of memory is a node of its own. */
export type Typed =
  | { readonly kind: "constant"; readonly type: IntType; readonly value: bigint }
  /** `direct`: a pointer that the verifier lets a program follow; `alias`: perhaps such a one's value, under another type. */
  | {
      readonly kind: "variable";
      readonly type: CType;
      readonly name: CIdent;
      readonly direct: boolean;
      readonly alias?: boolean;
    }
  | { readonly kind: "load"; readonly type: CType; readonly place: Place; readonly access: Access }
  | { readonly kind: "address"; readonly type: CType; readonly place: Place }
  | {
      readonly kind: "unary";
      readonly type: CType;
      readonly operator: Exclude<UnaryOperator, "*" | "&">;
      readonly operand: Typed;
    }
  | {
      readonly kind: "binary";
      readonly type: CType;
      readonly operator: BinaryOperator;
      readonly left: Typed;
      readonly right: Typed;
    }
  /** Pointer arithmetic: `+` and `-` of a pointer and a count of elements of `size` bytes, or of two pointers. */
  | {
      readonly kind: "offset";
      readonly type: CType;
      readonly operator: BinaryOperator;
      readonly left: Typed;
      readonly right: Typed;
      readonly size: number;
    }
  | {
      readonly kind: "conditional";
      readonly type: CType;
      readonly condition: Typed;
      readonly consequent: Typed;
      readonly alternate: Typed;
    }
  | { readonly kind: "cast"; readonly type: CType; readonly operand: Typed }
  /** The operand as a value that clang must not know, nor learn anything from. */
  | { readonly kind: "opaque"; readonly type: CType; readonly operand: Typed }
  | {
      readonly kind: "compound";
      readonly type: CType;
      readonly locals: readonly { readonly name: CIdent; readonly type: CType; readonly value: Typed }[];
      readonly result: Typed;
    }
  /** Whether the kernel has the field; `some`: not all do that the object serves, so it is asked of the one that it runs on. */
  | {
      readonly kind: "exists";
      readonly type: IntType;
      readonly present: boolean | "some";
      /** Absent where no kernel has it. */
      readonly place?: Place;
    }
  /** What no kernel of the object's ever runs, for want of a field. */
  | { readonly kind: "skipped"; readonly type: CType }
  /** The bytes at the pointer are these. */
  | {
      readonly kind: "equals";
      readonly type: IntType;
      readonly pointer: Typed;
      readonly bytes: Uint8Array;
      readonly access: "kernel" | "user";
    }
  /** The string at the pointer, as far as 255 bytes, holds these. */
  | {
      readonly kind: "contains";
      readonly type: IntType;
      readonly pointer: Typed;
      readonly bytes: Uint8Array;
      readonly access: "kernel" | "user";
    }
  | { readonly kind: "invalid"; readonly type: CType };

/** Something in the kernel's (or a task's) memory. */
export type Place =
  | { readonly kind: "target"; readonly type: CType; readonly pointer: Typed }
  | {
      readonly kind: "member";
      readonly type: CType;
      readonly of: Place;
      /** The struct or union that `name` is declared in here: anonymous ones inside it are flattened, as CO-RE matches by name. */
      readonly record: RecordType;
      readonly name: CIdent;
      readonly bits?: number;
      /** From the start of the record, in bytes. */
      readonly offset: number;
      /** It lies in a union, so the verifier may take it for another member. */
      readonly inUnion: boolean;
    }
  | {
      readonly kind: "element";
      readonly type: CType;
      readonly of: Place;
      readonly index: Typed /** Bytes of one element. */;
      readonly size: number;
    };

/** The C that a user may write: predicate expressions, type names and parameter lists, each node with its place. */

import type { Span } from "../source.js";
import type { Name } from "./spec.js";

/** A whole predicate; `text` is the C as the user wrote it, decoded from YAML or the shell. */
export interface Predicate {
  readonly span: Span;
  readonly text: string;
  readonly expression: Expression;
}

export type UnaryOperator = "+" | "-" | "!" | "~" | "*" | "&";
export type BinaryOperator =
  | "*"
  | "/"
  | "%"
  | "+"
  | "-"
  | "<<"
  | ">>"
  | "<"
  | ">"
  | "<="
  | ">="
  | "=="
  | "!="
  | "&"
  | "^"
  | "|"
  | "&&"
  | "||";

export type Expression =
  /** A parameter, a local, an enum constant or a named constant: `bind` decides. */
  | { readonly kind: "identifier"; readonly span: Span; readonly name: string }
  | {
      readonly kind: "integer";
      readonly span: Span;
      readonly value: bigint;
      readonly decimal: boolean;
      readonly unsigned: boolean;
      /** The number of `l` in the suffix. */
      readonly long: 0 | 1 | 2;
    }
  /** A character constant; its C type is `int`. */
  | { readonly kind: "character"; readonly span: Span; readonly value: number }
  /** `bytes` are after escapes, without the closing NUL; adjacent literals are one. */
  | { readonly kind: "string"; readonly span: Span; readonly bytes: Uint8Array }
  | {
      readonly kind: "unary";
      readonly span: Span;
      readonly operator: UnaryOperator;
      readonly operand: Expression;
    }
  | {
      readonly kind: "binary";
      readonly span: Span;
      readonly operator: BinaryOperator;
      readonly operatorSpan: Span;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: "conditional";
      readonly span: Span;
      readonly condition: Expression;
      readonly consequent: Expression;
      readonly alternate: Expression;
    }
  /** `object.field`, or `object->field` where `arrow`. */
  | {
      readonly kind: "member";
      readonly span: Span;
      readonly object: Expression;
      readonly field: Name;
      readonly arrow: boolean;
    }
  | { readonly kind: "index"; readonly span: Span; readonly array: Expression; readonly index: Expression }
  | { readonly kind: "cast"; readonly span: Span; readonly type: TypeName; readonly operand: Expression }
  | { readonly kind: "sizeof"; readonly span: Span; readonly operand: Expression | TypeName }
  /** A built-in's use; `bind` knows which there are. */
  | {
      readonly kind: "call";
      readonly span: Span;
      readonly callee: Name;
      readonly arguments: readonly Expression[];
    }
  /** `({ T x = e; …; e; })`. */
  | {
      readonly kind: "compound";
      readonly span: Span;
      readonly statements: readonly Statement[];
      readonly result: Expression;
    };

export type Statement =
  | {
      readonly kind: "declaration";
      readonly span: Span;
      readonly type: TypeName;
      readonly name: Name;
      readonly value: Expression;
    }
  | { readonly kind: "expression"; readonly span: Span; readonly value: Expression };

/** `struct qstr`, `unsigned long`, `gfp_t`: what stands in front of a declarator. */
export type BaseType =
  | { readonly kind: "struct" | "union" | "enum"; readonly name: Name; readonly span: Span }
  | { readonly kind: "typedef"; readonly name: Name; readonly span: Span }
  /** `void`, `_Bool`, or the canonical C spelling of an integer type: `unsigned int`, `signed char`, `long`, `__int128`. */
  | { readonly kind: "builtin"; readonly name: string; readonly span: Span };

/** One step of a declarator, applied from the base outwards: `char *a[4]` is pointer, then array. */
export type Declarator =
  | { readonly kind: "pointer" }
  /** `length` is absent in `[]`. */
  | { readonly kind: "array"; readonly length?: bigint }
  /** A function type; its own parameters are not kept. */
  | { readonly kind: "function" };

export interface TypeName {
  readonly kind: "type";
  readonly span: Span;
  readonly base: BaseType;
  readonly declarators: readonly Declarator[];
  /** `__user` stands anywhere in it: the pointers lead to user memory. */
  readonly user: boolean;
}

/** One entry of a parameter list. */
export interface Parameter {
  readonly span: Span;
  readonly type: TypeName;
  readonly name?: Name;
}

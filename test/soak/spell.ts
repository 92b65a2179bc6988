/** Types as a user would write them. */

import type { CType } from "../../src/bind/ctype.js";
import { typeText } from "../../src/bind/spelled.js";

const word = /^[A-Za-z_]\w*( [A-Za-z_]\w*)*$/;

/** The type's name; `undefined` where it has none that a cast or a declaration of one word can use. */
export function spell(type: CType): string | undefined {
  switch (type.kind) {
    case "int":
      return type.label && word.test(type.label) ? type.label : typeText(type);
    case "pointer": {
      const to = type.to.kind === "array" ? undefined : spell(type.to);
      return to && `${to} *`;
    }
    case "struct":
    case "union":
      return type.name ? `${type.kind} ${type.name}` : type.typedef;
    case "void":
      return "void";
    case "float":
    case "array":
    case "function":
    case "invalid":
      return undefined;
    default:
      return type satisfies never;
  }
}

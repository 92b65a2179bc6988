/** Text that a user wrote, made harmless for the place in C where it goes. */

import { oneLine } from "../terminal.js";

/** A C string literal with the bytes; everything but plain ASCII as octal escapes, so that no digit can follow on. */
export function cString(bytes: Uint8Array): string {
  const escaped = [...bytes].map((byte) => {
    const char = String.fromCharCode(byte);
    if (char === '"' || char === "\\") return `\\${char}`;
    // `?` could begin a trigraph.
    return byte >= 0x20 && byte < 0x7f && char !== "?" ? char : `\\${byte.toString(8).padStart(3, "0")}`;
  });
  return `"${escaped.join("")}"`;
}

/** A file name as a C string literal for `#line`. */
export function cFileName(name: string): string {
  return cString(new TextEncoder().encode(name));
}

/** Words in a comment: on one line, nothing that could end the comment or begin another. */
export function commentText(text: string): string {
  const line = oneLine(text.replace(/\s+/g, " ").trim());
  return line.replaceAll("*/", "* /").replaceAll("/*", "/ *").replaceAll("\\", "\\ ");
}

/** A spec file's bytes as text. */

import { type Checked, checked, type Diagnostic, failed } from "../diagnostic.js";
import { type Fragment, fragmentSpan, type Source, type Span } from "../source.js";
import * as codes from "./codes.js";

const maxBytes = 1 << 20;

/** Decodes a spec file: at most 1 MiB of UTF-8 without NULs. A byte order mark at its start is dropped. */
export function decodeText(bytes: Uint8Array, name: string): Checked<Source> {
  if (bytes.length > maxBytes) return failed(codes.specTooLarge(undefined, { name, size: bytes.length }));
  const bad = invalidOffset(bytes);
  if (bad < bytes.length) {
    const at = endOf(bytes.subarray(0, bad), name);
    const help = isUtf16(bytes) ? ["the file is UTF-16, as its first two bytes say: save it as UTF-8"] : [];
    return failed(
      codes.notUtf8(at, { offset: bad, byte: bytes[bad]!.toString(16).padStart(2, "0") }, { help }),
    );
  }
  const nul = bytes.indexOf(0);
  if (nul >= 0) return failed(codes.nulByte(endOf(bytes.subarray(0, nul), name), { offset: nul }));
  return checked({ name, text: new TextDecoder().decode(bytes) });
}

/** Whether the text begins with UTF-16's byte order mark, as PowerShell's `>` writes it. */
function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

/** The place behind what could be read. */
function endOf(bytes: Uint8Array, name: string): Span {
  const text = new TextDecoder().decode(bytes);
  return { source: { name, text }, start: text.length, end: text.length };
}

/** The first byte that belongs to no character; the length where all do. */
function invalidOffset(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = characterLength(bytes, at);
    if (length === 0) return at;
    at += length;
  }
  return at;
}

/** Bytes of the character that starts there, 0 if none does: the table of well-formed sequences, Unicode 3.9. */
function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const length = first < 0xc2 || first > 0xf4 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  for (let i = 1; i < length; i++) {
    const next = bytes[at + i] ?? 0;
    if (next < (i === 1 ? lowest : 0x80) || next > (i === 1 ? highest : 0xbf)) return 0;
  }
  return length;
}

/** What escapes can stand for and no text can hold: a NUL, which ends it for the kernel and for C, and half a character. */
const unwritable = /\0|\p{Surrogate}/u;

/** Whether the text has one of these. */
export function isUnwritable(text: string): boolean {
  return unwritable.test(text);
}

/** The first of these. */
export function unwritableEscape(fragment: Fragment): Diagnostic {
  const at = fragment.text.search(unwritable);
  const span = fragmentSpan(fragment, at, at + 1);
  return fragment.text[at] === "\0" ? codes.nulEscape(span, {}) : codes.halfCharacter(span, {});
}

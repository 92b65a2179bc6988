/** ASN.1's distinguished encoding (X.690), as far as certificates and signatures need it. */

/** One element; `at` and `next` bound the whole of it in the input. */
export interface Element {
  /** The identifier octet: class, form and number. */
  readonly tag: number;
  readonly content: Uint8Array;
  /** The element with its header. */
  readonly whole: Uint8Array;
}

export const tags = {
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  null: 0x05,
  oid: 0x06,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The tag of a constructed element `[n]`. */
export function context(n: number): number {
  return 0xa0 | n;
}

/** The input does not have the form that was asked for. */
export class DerError extends Error {}

/** The elements that follow each other in the bytes, to their very end. Lengths must be in their shortest form. */
export function elements(bytes: Uint8Array): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const element = elementAt(bytes, at);
    found.push(element);
    at += element.whole.length;
  }
  return found;
}

function elementAt(bytes: Uint8Array, at: number): Element {
  const first = bytes[at + 1] ?? 0x80;
  const digits = first < 0x80 ? 0 : first & 0x7f;
  const start = at + 2 + digits;
  if (first === 0x80 || digits > 4 || start > bytes.length) throw new DerError("no proper length");
  const length = digits === 0 ? first : Buffer.from(bytes).readUIntBE(at + 2, digits);
  const shortest = digits === 0 || (length >= 0x80 && length >= 2 ** (8 * (digits - 1)));
  if (!shortest || start + length > bytes.length) throw new DerError("no proper length");
  return {
    tag: bytes[at]!,
    content: bytes.subarray(start, start + length),
    whole: bytes.subarray(at, start + length),
  };
}

/** Hands out elements one by one, each of the tag that must be next. */
export interface Reader {
  take(tag: number): Element;
  /** Undefined if another tag, or nothing, is next. */
  maybe(tag: number): Element | undefined;
  /** Throws DerError if something is left. */
  end(): void;
}

export function reader(bytes: Uint8Array): Reader {
  const waiting = elements(bytes);
  const maybe = (tag: number) => (waiting[0]?.tag === tag ? waiting.shift() : undefined);
  return {
    maybe,
    take: (tag) => {
      const element = maybe(tag);
      if (!element) throw new DerError(`no element ${tag.toString(16)}`);
      return element;
    },
    end: () => {
      if (waiting.length > 0) throw new DerError("more than there should be");
    },
  };
}

/** An element of the tag whose content the parts are, one after the other. */
export function encode(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts);
  const digits = content.length < 0x80 ? 0 : Math.ceil(Math.log2(content.length + 1) / 8);
  const header = Buffer.alloc(2 + digits, tag);
  header[1] = digits === 0 ? content.length : 0x80 | digits;
  if (digits > 0) header.writeUIntBE(content.length, 2, digits);
  return Buffer.concat([header, content]);
}

/** The element that `oidText` reads. */
export function encodeOid(text: string): Uint8Array {
  const [root = 0, second = 0, ...rest] = text.split(".").map(Number);
  const octets = [40 * root + second, ...rest].flatMap((number) => {
    const last = [number % 128];
    for (let left = Math.floor(number / 128); left > 0; left = Math.floor(left / 128))
      last.unshift(0x80 | (left % 128));
    return last;
  });
  return encode(tags.oid, Uint8Array.from(octets));
}

/** An object identifier as in `1.2.840.113549`; each has one spelling (X.690, 8.19). */
export function oidText({ content }: Element): string {
  const numbers: number[] = [];
  let value = 0;
  if ((content.at(-1) ?? 0x80) >= 0x80) throw new DerError("no end of an object identifier");
  for (const [at, byte] of content.entries()) {
    if (byte === 0x80 && (content[at - 1] ?? 0) < 0x80)
      throw new DerError("a longer object identifier than it need be");
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      numbers.push(value);
      value = 0;
    }
  }
  const [first = 0, ...rest] = numbers;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - 40 * root, ...rest].join(".");
}

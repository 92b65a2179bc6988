/** BTF's string section: names by byte offset. */

export interface Strings {
  /** One more than the highest offset, those of a base included. */
  readonly length: number;
  /** The name at an offset below `length`; bytes that are not UTF-8 become U+FFFD. */
  text(offset: number): string;
  /** Every offset at which exactly this name stands, be it the end of a longer one. */
  offsets(name: string): ReadonlySet<number>;
}

/**
 * Strings over a section whose last byte is NUL. Those of split BTF go on where the base's end: btf__str_by_offset() of
 * tools/lib/bpf/btf.c.
 */
export function stringsOf(section: Uint8Array, base?: Strings): Strings {
  const start = base?.length ?? 0;
  const buffer = Buffer.from(section.buffer, section.byteOffset, section.length);
  return {
    length: start + section.length,
    text(offset) {
      if (base && offset < start) return base.text(offset);
      const from = offset - start;
      return buffer.toString("utf8", from, buffer.indexOf(0, from));
    },
    offsets(name) {
      const found = new Set(base?.offsets(name));
      if (name.includes("\0")) return found;
      const bytes = Buffer.from(`${name}\0`);
      for (let at = buffer.indexOf(bytes); at >= 0; at = buffer.indexOf(bytes, at + 1)) found.add(start + at);
      return found;
    },
  };
}

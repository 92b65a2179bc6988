/** BTF's string section: names by byte offset. */

export interface Strings {
  /** One more than the highest offset, those of a base included. */
  readonly length: number;
  /** The name at an offset below `length`; bytes that are not UTF-8 become U+FFFD. */
  text(offset: number): string;
  /** A test for offsets below `length`: whether exactly this name stands there. */
  matcher(name: string): (offset: number) => boolean;
  /** Every offset at which exactly this name stands, be it the end of a longer one; found one by one. */
  offsets(name: string): Iterable<number>;
}

/**
 * Strings over a section whose last byte is NUL. Those of split BTF go on where the base's end: btf__str_by_offset() of
 * tools/lib/bpf/btf.c.
 */
export function stringsOf(section: Uint8Array, base?: Strings): Strings {
  const start = base?.length ?? 0;
  const buffer = Buffer.from(section.buffer, section.byteOffset, section.length);
  // A kernel's thousands of modules all ask its own strings for the same name.
  const asked = new Map<string, Iterable<number>>();
  return {
    length: start + section.length,
    text(offset) {
      if (base && offset < start) return base.text(offset);
      const from = offset - start;
      return buffer.toString("utf8", from, buffer.indexOf(0, from));
    },
    matcher(name) {
      if (name.includes("\0")) return () => false;
      const bytes = Buffer.from(`${name}\0`);
      const [head] = bytes;
      const end = bytes.length - 1;
      const earlier = base?.matcher(name);
      return (offset) => {
        if (earlier && offset < start) return earlier(offset);
        const from = offset - start;
        if (buffer[from] !== head || buffer[from + end] !== 0) return false;
        return buffer.compare(bytes, 0, end, from, from + end) === 0;
      };
    },
    offsets(name) {
      const found = asked.get(name) ?? kept(offsetsIn(buffer, name, start, base));
      asked.set(name, found);
      return found;
    },
  };
}

function* offsetsIn(buffer: Buffer, name: string, start: number, base?: Strings): Generator<number> {
  if (base) yield* base.offsets(name);
  if (name.includes("\0")) return;
  const bytes = Buffer.from(`${name}\0`);
  for (let at = buffer.indexOf(bytes); at >= 0; at = buffer.indexOf(bytes, at + 1)) yield start + at;
}

/** What the generator gives, which is kept for whoever asks again. */
function kept<T>(from: Generator<T>): Iterable<T> {
  const given: T[] = [];
  return {
    *[Symbol.iterator]() {
      for (let i = 0; ; i++) {
        if (i === given.length) {
          const next = from.next();
          if (next.done) return;
          given.push(next.value);
        }
        yield given[i]!;
      }
    },
  };
}

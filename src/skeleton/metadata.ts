/** The memory that a loader works on, in the making. */

export interface Metadata {
  /** Puts bytes at the next place that 8 divides, and says where that is. */
  add(bytes: Uint8Array): number;
  /** All of it. */
  whole(): Buffer;
}

export function metadata(): Metadata {
  const parts: Buffer[] = [];
  let end = 0;
  return {
    add: (bytes) => {
      const at = end;
      end += Math.ceil(bytes.length / 8) * 8;
      parts.push(Buffer.concat([bytes, Buffer.alloc(end - at - bytes.length)]));
      return at;
    },
    whole: () => Buffer.concat(parts),
  };
}

/** A struct of so many bytes: numbers of 32 bits and texts at their offsets, zeros elsewhere. */
export function struct(size: number, fields: Readonly<Record<number, number | string>>): Buffer {
  const bytes = Buffer.alloc(size);
  for (const [at, value] of Object.entries(fields)) {
    if (typeof value === "number") bytes.writeUInt32LE(value, Number(at));
    else bytes.write(value, Number(at), "latin1");
  }
  return bytes;
}

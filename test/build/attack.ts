/** Attacks on a bundle that both of its readers must refuse, and what both say of them. Shares no code with the writer. */

export interface Entry {
  readonly path: string;
  readonly data: Buffer;
  /** What its header has in other fields than a bundle's, by their places. */
  readonly other?: readonly (readonly [at: number, text: string])[];
}

const block = 512;
const zeros = (count: number) => Buffer.alloc(count);

/** The entries of a bundle that is sound. */
export function entriesOf(bundle: Buffer): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; bundle[at] !== 0; ) {
    const path = bundle.toString("latin1", at, at + 100).replace(/\0.*$/s, "");
    const size = Number.parseInt(bundle.toString("latin1", at + 124, at + 135), 8);
    entries.push({ path, data: bundle.subarray(at + block, at + block + size) });
    at += block * (1 + Math.ceil(size / block));
  }
  return entries;
}

/** A tar of the entries, with the two blocks at its end. */
export function packed(entries: readonly Entry[]): Buffer {
  const parts = entries.flatMap(({ path, data, other = [] }) => {
    const header = zeros(block);
    const put = (at: number, text: string) => header.write(text, at, "latin1");
    put(0, path);
    put(100, "0000644");
    for (const at of [108, 116, 329, 337]) put(at, "0000000");
    put(124, data.length.toString(8).padStart(11, "0"));
    put(136, "0".repeat(11));
    put(148, " ".repeat(8));
    put(156, "0");
    put(257, "ustar\x0000");
    for (const [at, text] of other) put(at, text);
    const sum = header.reduce((total, byte) => total + byte, 0);
    put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
    return [header, data, zeros((block - (data.length % block)) % block)];
  });
  return Buffer.concat([...parts, zeros(2 * block)]);
}

export type Attack = readonly [name: string, change: (bundle: Buffer) => Buffer, says: RegExp];

/** On the entries, all repacked soundly. */
function among(change: (entries: Entry[]) => readonly Entry[]): (bundle: Buffer) => Buffer {
  return (bundle) => packed(change(entriesOf(bundle)));
}

/** On the last file's header, whose checksum is right. */
function last(...other: readonly (readonly [at: number, text: string])[]): (bundle: Buffer) => Buffer {
  return among((all) => [...all.slice(0, -1), { ...all.at(-1)!, other }]);
}

/** One more entry, of this name, at the end. */
const more = (path: string, data = "x") => among((all) => [...all, { path, data: Buffer.from(data) }]);

/** With some bytes changed in place. */
function poked(at: (bundle: Buffer) => number, text: string): (bundle: Buffer) => Buffer {
  return (bundle) => {
    const changed = Buffer.from(bundle);
    changed.write(text, at(bundle), "latin1");
    return changed;
  };
}

const cut = (bytes: number) => (bundle: Buffer) => bundle.subarray(0, bundle.length - bytes);
const longer = (text: string | Buffer) => (bundle: Buffer) => Buffer.concat([bundle, Buffer.from(text)]);
const lastHeader = (bundle: Buffer) => {
  const { data } = entriesOf(bundle).at(-1)!;
  return bundle.length - 2 * block - block * (1 + Math.ceil(data.length / block));
};

const types: readonly (readonly [type: string, says: RegExp])[] = [
  ["1", /is a hard link/],
  ["2", /is a symbolic link/],
  ["3", /is a device/],
  ["4", /is a device/],
  ["5", /is a folder/],
  ["6", /is a FIFO/],
  ...["S", "x", "g", "L", "K", "7", "\0"].map((type) => [type, /is an extension of the format/] as const),
];

const fields: readonly (readonly [name: string, at: number, text: string])[] = [
  ["name", 90, "x"],
  ["mode", 100, "0000755"],
  ["mode", 100, "0104644"],
  ["owner", 108, "0001750"],
  ["group", 116, "0001750"],
  ["time", 136, "00000000001"],
  ["link", 157, "/etc/passwd"],
  ["link", 256, "x"],
  ["version", 263, " \0"],
  ["owner's name", 265, "root"],
  ["group's name", 297, "root"],
  ["major number", 329, "0000001"],
  ["minor number", 337, "0000001"],
  ["prefix", 345, "spec"],
  ["rest", 511, "x"],
  ["size", 124, "           "],
  ["size", 124, "0000000001 "],
  ["size", 124, "\x80\0\0\0\0\0\0\0\0\0\0\x10"],
  ["size", 124, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"],
];

/** Each on a bundle that is sound; its last file is shorter than a block. */
export const attacks: readonly Attack[] = [
  ["nothing", () => zeros(0), /is cut short at byte 0/],
  ["an end alone", () => zeros(2 * block), /does not begin with `manifest.json`/],
  ["something else", () => Buffer.from("kind: Injection\n".repeat(99)), /has no ustar header at byte 0/],
  ["a byte less", cut(1), /is cut short at byte/],
  ["a block less", cut(block), /is cut short at byte/],
  ["no end", cut(2 * block), /is cut short at byte/],
  ["half its last file", cut(2.5 * block), /is cut short/],
  ["half its last header", cut(3.5 * block), /is cut short at byte/],
  ["a byte more", longer("\0"), /goes on after its end/],
  ["a block more", longer(zeros(block)), /goes on after its end/],
  ["itself behind it", (bundle) => Buffer.concat([bundle, bundle]), /goes on after its end/],
  ["something in its end", poked((bundle) => bundle.length - 1, "x"), /goes on after its end/],
  [
    "a block of zeros in its midst",
    (bundle) => {
      const at = lastHeader(bundle);
      return Buffer.concat([bundle.subarray(0, at), zeros(block), bundle.subarray(at)]);
    },
    /goes on after its end/,
  ],
  [
    "something in the padding",
    poked((bundle) => bundle.length - 2 * block - 1, "x"),
    /its last block up with zeros/,
  ],
  ["another checksum", poked((bundle) => lastHeader(bundle) + 149, "7"), /has another checksum than/],
  [
    "a checksum spelt otherwise",
    poked((bundle) => lastHeader(bundle) + 154, " \0"),
    /has another checksum than/,
  ],
  ["a header of GNU's own", last([257, "ustar  \0"]), /has no ustar header/],
  ["no manifest", among((all) => all.slice(1)), /does not begin with `manifest.json`/],
  [
    "its files in another order",
    among((all) => all.toSorted(() => -1)),
    /does not begin with `manifest.json`/,
  ],
  [
    "two files exchanged",
    among((all) => [...all.slice(0, -2), all.at(-1)!, all.at(-2)!]),
    /stands out of order/,
  ],
  [
    "its signature last",
    among(([a, b, ...rest]) => [a!, ...rest, b!]),
    /`manifest.json.p7s` stands out of order/,
  ],
  ["a file twice", among((all) => [...all, all.at(-1)!]), /stands in it twice/],
  ["its manifest twice", among((all) => [all[0]!, ...all]), /`manifest.json` stands in it twice/],
  ["a second manifest", more("manifest.json", "{}"), /`manifest.json` stands out of order/],
  [
    "too many files",
    among((all) => [
      ...all,
      ...Array.from({ length: 1022 }, (_, i) => ({ path: `zz/${1000 + i}`, data: zeros(0) })),
    ]),
    /holds more files than 1024/,
  ],
  ...[
    "../outside",
    "/etc/passwd",
    "./x",
    "spec/../../x",
    "spec//x",
    "spec/",
    ".x",
    "a b",
    "z\x1b[2J",
    "-x",
    "x/-",
  ].map((path): Attack => [`a file ${JSON.stringify(path)}`, more(path), /is not a path inside a bundle/]),
  ["a name without an end", more("z".repeat(100)), /is not a path inside a bundle/],
  ...types.map(
    ([type, says]): Attack => [`an entry of the type ${JSON.stringify(type)}`, last([156, type]), says],
  ),
  ["a link with a target", last([156, "2"], [157, "/etc/passwd"]), /is a symbolic link/],
  ...fields.map(
    ([field, at, text]): Attack => [
      `${JSON.stringify(text)} as ${field}`,
      last([at, text]),
      new RegExp(`has another ${field} than injectc writes`),
    ],
  ),
  ["a file of 8 GiB", last([124, "77777777777"]), /is too large/],
  ["a file of 16 MiB and a byte", last([124, "00100000001"]), /is too large/],
  ["a file that reaches beyond its end", last([124, "00000010000"]), /is cut short/],
  [
    "a manifest of more than 1 MiB",
    among(([first, ...rest]) => [{ ...first!, data: zeros((1 << 20) + 1) }, ...rest]),
    /`manifest.json` is too large/,
  ],
  [
    "a signature of more than 64 KiB",
    among(([a, b, ...rest]) => [a!, { ...b!, data: zeros((1 << 16) + 1) }, ...rest]),
    /`manifest.json.p7s` is too large/,
  ],
];

/** Signatures over the right bytes by the right key, whose form both readers must have an opinion on. */

import { createSign, type KeyObject } from "node:crypto";
import { context, type Element, elements, encode, encodeOid, oidText, tags } from "../../src/build/der.js";

type Change = (parts: readonly Element[], key: KeyObject) => readonly Uint8Array[];

const contentType = "1.2.840.113549.1.9.3";
const messageDigest = "1.2.840.113549.1.9.4";
const whole = ({ whole: bytes }: Element) => bytes;
const unchanged: Change = (parts) => parts.map(whole);

/** Of what `openssl cms -sign` made, the parts of SignedData and of the SignerInfo in it changed. */
function changed(ofData: Change, ofSigner: Change = unchanged) {
  return (signature: Uint8Array, key: KeyObject): Buffer => {
    const [info] = elements(signature);
    const [oid, content] = elements(info!.content);
    const [data] = elements(content!.content);
    const parts = elements(data!.content);
    const [signer] = elements(parts.at(-1)!.content);
    const signers = encode(tags.set, encode(tags.sequence, ...ofSigner(elements(signer!.content), key)));
    const all = ofData([...parts.slice(0, -1), elements(signers)[0]!], key);
    return Buffer.from(encode(tags.sequence, oid!.whole, encode(context(0), encode(tags.sequence, ...all))));
  };
}

/** Other attributes, signed by the key. */
function attributes(change: (all: readonly Element[]) => readonly Uint8Array[]) {
  return changed(unchanged, (parts, key) =>
    parts.map((part, i) => {
      const all = change(elements(parts[3]!.content));
      if (i === 3) return encode(context(0), ...all);
      if (i < parts.length - 1) return part.whole;
      return encode(
        tags.octets,
        createSign("sha256")
          .update(encode(tags.set, ...all))
          .sign(key),
      );
    }),
  );
}

/** Behind the attributes, one more of this type. */
function more(oid: string, change: (values: readonly Element[]) => readonly Uint8Array[]) {
  return attributes((all) => {
    const found = all.find((one) => oidText(elements(one.content)[0]!) === oid)!;
    const values = change(elements(elements(found.content)[1]!.content));
    return [...all.map(whole), encode(tags.sequence, encodeOid(oid), encode(tags.set, ...values))];
  });
}

const other = () => [encode(tags.octets, Buffer.alloc(32))];
const empty =
  (tag: number, at: number): Change =>
  (parts) =>
    parts.map(whole).toSpliced(at, 0, encode(tag));

/** The certificates that came along, each once more. */
const twice: Change = (parts) =>
  parts.map(({ tag, content, whole: bytes }) => (tag === context(0) ? encode(tag, content, content) : bytes));

/** NULL as the digest's parameters, at this depth of this part; both places that name the digest must say the same. */
const parameters =
  (depth: number, at: number): Change =>
  (parts) =>
    parts.map(({ tag, content, whole: bytes }, i) => {
      if (i !== at) return bytes;
      const name = depth === 0 ? elements(content)[0]!.content : content;
      const algorithm = encode(tags.sequence, name, encode(tags.null));
      return depth === 0 ? encode(tag, algorithm) : algorithm;
    });

export interface Form {
  readonly name: string;
  /** What `openssl cms -sign` is told beside. */
  readonly words: readonly string[];
  readonly make: ReturnType<typeof changed>;
  readonly taken: boolean;
}

const form = (name: string, make: Form["make"], words: readonly string[] = []): Form => ({
  ...{ name, words, make, taken: false },
});

export const forms: readonly Form[] = [
  { ...form("nothing changed", changed(unchanged)), taken: true },
  {
    ...form(
      "the same attributes, signed anew",
      attributes((all) => all.map(whole)),
    ),
    taken: true,
  },
  form(
    "its digest twice",
    more(messageDigest, (values) => values.map(whole)),
  ),
  form("a second digest, of something else", more(messageDigest, other)),
  form(
    "a second digest without a value",
    more(messageDigest, () => []),
  ),
  form(
    "the kind of its content twice",
    more(contentType, (values) => values.map(whole)),
  ),
  form(
    "two digests in one attribute",
    attributes((all) =>
      all.map((one) => {
        const [oid, values] = elements(one.content);
        if (oidText(oid!) !== messageDigest) return one.whole;
        return encode(tags.sequence, oid!.whole, encode(tags.set, ...other(), values!.content));
      }),
    ),
  ),
  form(
    "attributes without a digest",
    attributes((all) => all.slice(0, 1).map(whole)),
  ),
  form("unsigned attributes, none of them", changed(unchanged, empty(context(1), 6))),
  form("revoked certificates, none of them", changed(empty(context(1), 4))),
  form("signed attributes, none of them", changed(unchanged, empty(context(0), 3)), ["-noattr"]),
  form("certificates, none of them", changed(empty(context(0), 3)), ["-noattr", "-nocerts"]),
  form("its certificate twice", changed(twice)),
  form("a parameter of its digest", changed(parameters(0, 1), parameters(1, 2)), ["-noattr"]),
];

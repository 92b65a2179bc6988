/** What `verify` thinks of each form of a signature; signature.test.ts of the loader shows what that does. */

import { createPrivateKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { forms } from "./forms.js";
import { certificate } from "./pki.js";
import { signers } from "./signers.js";

const { at, raw, verify } = signers((folder) => certificate(folder, "mine"));

test.each(forms)("a signature with $name", async ({ words, make, taken }) => {
  const key = createPrivateKey(await readFile(at("mine.key")));
  const refused = [expect.stringMatching(/^bad-signature: .* not the form/)];
  expect(await verify(make(await raw("mine", ...words), key), "mine")).toEqual(taken ? [] : refused);
});

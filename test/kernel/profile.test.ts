import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { cachedProfiles, profileFolders, profileNames, profilePlaces } from "../../src/kernel/profile.js";
import { builtIn, fact, inFolder, labNames, mirrored } from "./lab.js";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

describe("built-in profiles", () => {
  const sums = new Map(
    readFileSync(join(builtIn, "SHA256SUMS"), "utf8")
      .trim()
      .split("\n")
      .map((line) => line.split("  ").reverse() as [string, string]),
  );

  test("are those of the lab kernels, with all five facts each", () => {
    expect(profileNames([builtIn])).toEqual([...labNames]);
    const files = labNames.flatMap((name) =>
      readdirSync(join(builtIn, name)).map((file) => `${name}/${file}`),
    );
    expect(files.sort()).toEqual([...sums.keys()].map((file) => `${file}.gz`).sort());
    expect(files).toHaveLength(5 * labNames.length);
  });

  test.each(labNames)("%s equals its checksums, and what the mirror holds", (name) => {
    const facts = [...sums].filter(([file]) => file.startsWith(`${name}/`));
    for (const [file, sum] of facts) {
      const base = file.slice(name.length + 1);
      expect(sha256(fact(name, base)), file).toBe(sum);
      const original = join(mirrored(name) ?? "", base);
      if (mirrored(name) && existsSync(original)) expect(sha256(readFileSync(original)), original).toBe(sum);
    }
  });
});

describe("places", () => {
  const { XDG_CACHE_HOME } = process.env;
  afterEach(() => {
    if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME;
  });

  test("made ones, the user's, the built-in ones", () => {
    process.env.XDG_CACHE_HOME = "/cache";
    const [madeHere, user, ours] = profilePlaces();
    expect(madeHere).toMatch(/\/out\/kernels$/);
    expect(user).toBe("/cache/injectc/kernels");
    expect(ours).toBe(builtIn);
    delete process.env.XDG_CACHE_HOME;
    expect(cachedProfiles()).toMatch(/\/\.cache\/injectc\/kernels$/);
  });

  test("only folders with a plain name are profiles", async () => {
    await inFolder((place) => {
      for (const name of ["one", ".build", "two-6.1"]) mkdirSync(join(place, name));
      writeFileSync(join(place, "stock.log"), "");
      expect(profileNames([place, "/nowhere", place])).toEqual(["one", "two-6.1"]);
      expect(profileFolders("one", [place, builtIn])).toEqual([join(place, "one")]);
      for (const name of ["stock.log", ".build", "../one", "one/", "", "three"]) {
        expect(profileFolders(name, [place])).toEqual([]);
      }
    });
  });
});

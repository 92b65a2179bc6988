import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { unwritable } from "../build/codes.js";
import { cause } from "../build/file.js";
import { withTempFolder } from "../build/temp.js";
import { type Checked, checked, type Diagnostic, failed } from "../diagnostic.js";
import { badProfileName, namelessKernel, notYourProfile, unknownKernel } from "../kernel/codes.js";
import { makeKernel } from "../kernel/facts.js";
import { type FactName, type FileName, factsIn, fileNames } from "../kernel/folder.js";
import { asFolder, combine, gather, type Learned, learn, releaseOf } from "../kernel/learn.js";
import { moduleOf } from "../kernel/modules.js";
import { openKernel } from "../kernel/open.js";
import {
  cachedProfiles,
  isProfileName,
  profileFolders,
  profileNames,
  profilePlaces,
} from "../kernel/profile.js";
import type { How } from "../kernel/record.js";
import { packProfile, remove, store } from "../kernel/store.js";
import { nearest } from "../spelling.js";
import { captureBooted } from "../vm/capture.js";
import { misuse } from "./arguments.js";
import { noImage } from "./codes.js";
import { knownOf } from "./known.js";
import type { Outcome, Request, Run } from "./verb.js";

type Action = (words: readonly string[], request: Request) => Promise<Outcome | Checked<never>>;

/** `injectc kernel`: the profiles of kernels, the user's own and those that are there anyway. */
export const kernel: Run = async (request) => {
  const [name = "", ...words] = request.operands;
  const action = actions[name];
  if (action) return action(words, request);
  return misuse(`\`kernel\` is followed by ${Object.keys(actions).join(", ")}; not by \`${name}\``);
};

const actions: Readonly<Record<string, Action>> = { add, list, show, rm, export: exportProfile };

async function add(
  paths: readonly string[],
  { options, progress }: Request,
): Promise<Outcome | Checked<never>> {
  if (paths.length === 0)
    return misuse(
      "`kernel add` takes files: a package, vmlinuz, vmlinux, RELEASE=BTF, a folder, a capture, or an exported profile",
    );
  if (options.name !== undefined && !isProfileName(options.name)) {
    return failed(badProfileName(undefined, { name: options.name }));
  }
  progress("reads the files");
  const told = await gather(paths);
  if (!told.ok) return told;
  const release = releaseOf(told.value);
  if (!release.ok) return release;
  const name = options.name ?? profileName(release.value);
  if (name === undefined) return failed(namelessKernel(undefined, { paths: paths.join(" ") }));
  const mine = await gather(profileFolders(name, [cachedProfiles()]));
  if (!mine.ok) return mine;
  const known = await combine([...mine.value, ...told.value]);
  if (!known.ok) return known;
  // A profile of that name in another place is read together with this one.
  const others = await gather(profileFolders(name, otherPlaces()));
  const joined = others.ok
    ? await combine([...others.value, { path: paths.join(" "), learned: known.value }])
    : others;
  if (!joined.ok) return joined;
  if (options.boot) progress(`${name}: boots`);
  const learned = options.boot ? await withBooted(known.value, name) : known;
  if (!learned.ok) return learned;
  const facts = await withTempFolder((folder) => asFolder(learned.value, folder));
  if (!facts.ok) return facts;
  progress("stores it");
  const folder = await store(name, learned.value, facts.value.btf);
  const diagnostics = [...known.diagnostics, ...facts.diagnostics];
  return {
    diagnostics,
    text: [`${name}: ${folder}`, ...factLines(learned.value)].join("\n"),
    data: { name, folder, ...dataOf(learned.value) },
  };
}

/** Where profiles are that are not the user's own. */
function otherPlaces(): readonly string[] {
  return profilePlaces().filter((place) => place !== cachedProfiles());
}

/** A release as a name; it may have letters that a name does not. */
function profileName(release: string | undefined): string | undefined {
  return release !== undefined && isProfileName(release) ? release : undefined;
}

/** The same with what the kernel tells of itself once it runs; what is known already stays. */
async function withBooted(learned: Learned, name: string): Promise<Checked<Learned>> {
  return withTempFolder(async (folder) => {
    const read = await asFolder(learned, join(folder, "kernel"));
    if (!read.ok) return read;
    const { image, arch } = makeKernel(name, read.value);
    if (image === undefined) return failed(noImage(undefined, { kernel: name }));
    const capture = await captureBooted({ name, arch, image });
    if (!capture.ok) return capture;
    const path = join(folder, "booted.tar.gz");
    await writeFile(path, capture.value);
    const booted = await learn([path]);
    if (!booted.ok) return booted;
    const release = booted.value.release ?? learned.release;
    return checked({
      ...(release === undefined ? {} : { release }),
      facts: new Map([...booted.value.facts, ...learned.facts]),
    });
  });
}

async function list(): Promise<Outcome> {
  const rows = profileNames(profilePlaces()).map((name) => {
    const folders = profileFolders(name, profilePlaces());
    return { name, folder: folders[0]!, hows: factsIn(folders) };
  });
  const width = Math.max(...rows.map(({ name }) => name.length));
  const lines = rows.map(({ name, folder, hows }) => {
    const known = fileNames.filter((file) => hows.has(file)).map((file) => file.replace(/\..*$/, ""));
    const modules = Object.keys(modulesOf(hows)).length > 0 ? ["modules"] : [];
    return `${name.padEnd(width)}  ${[...known, ...modules].join(" ")}  (${folder})`;
  });
  const profiles = rows.map(({ name, folder, hows }) => ({ name, folder, ...factData(hows) }));
  return { diagnostics: [], text: lines.join("\n"), data: { profiles } };
}

async function show(names: readonly string[]): Promise<Outcome | Checked<never>> {
  if (names.length !== 1) return misuse("`kernel show` takes a profile's name");
  const [name] = names as [string];
  const folders = profileFolders(name, profilePlaces());
  const opened = await openKernel(name);
  if (!opened.ok) return opened;
  const { release, arch } = opened.value;
  const facts = factsIn(folders);
  const rows = fileNames.map((file) => {
    const how = facts.get(file) ?? "unknown";
    return { file, how, what: knownOf(file, how, opened.value) };
  });
  const lines = [
    ...rows.map(({ file, how, what }) => `  ${file.padEnd(15)} ${how.padEnd(9)} ${what ?? ""}`),
    moduleLine(facts),
  ];
  const title = `${name}: ${release?.text ?? "release unknown"}, ${arch}`;
  return {
    diagnostics: opened.diagnostics,
    text: [title, ...lines.map((line) => line.trimEnd()), ...folders.map((folder) => `  in ${folder}`)].join(
      "\n",
    ),
    data: { name, release: release?.text ?? null, arch, folders, facts: rows, modules: modulesOf(facts) },
  };
}

async function rm(names: readonly string[]): Promise<Outcome | Checked<never>> {
  if (names.length === 0) return misuse("`kernel rm` takes names of profiles");
  const diagnostics = names.flatMap((name) => notMine(name) ?? []);
  if (diagnostics.length > 0) return { diagnostics };
  for (const name of names) await remove(name);
  return {
    diagnostics: [],
    text: names.map((name) => `${name}: removed`).join("\n"),
    data: { removed: names },
  };
}

function notMine(name: string): Diagnostic | undefined {
  if (profileFolders(name, [cachedProfiles()]).length > 0) return undefined;
  if (profileFolders(name, profilePlaces()).length > 0) return notYourProfile(undefined, { name });
  const near = nearest(name, profileNames([cachedProfiles()]));
  return unknownKernel(
    undefined,
    { name },
    { help: near === undefined ? [] : [`did you mean \`${near}\`?`] },
  );
}

async function exportProfile(
  names: readonly string[],
  { options }: Request,
): Promise<Outcome | Checked<never>> {
  if (names.length !== 1) return misuse("`kernel export` takes a profile's name");
  const [name] = names as [string];
  const folders = profileFolders(name, profilePlaces());
  if (folders.length === 0) return openKernel(name) as Promise<Checked<never>>;
  const learned = await learn(folders);
  if (!learned.ok) return learned;
  const path = options.out ?? `${name}.profile.tar.gz`;
  const packed = await withTempFolder((folder) => packProfile(learned.value, folder));
  try {
    await writeFile(path, packed);
  } catch (error) {
    return failed(unwritable(undefined, { path, cause: cause(error) }));
  }
  const text = `${path}: \`injectc kernel add ${path}\` makes a profile of it`;
  return { diagnostics: learned.diagnostics, text, data: { path } };
}

type Hows = ReadonlyMap<FactName, How>;

function howsOf({ facts }: Learned): Hows {
  return new Map([...facts].map(([name, { how }]) => [name, how]));
}

function factLines(learned: Learned): string[] {
  const hows = howsOf(learned);
  const lines = fileNames.map((file) => `  ${file.padEnd(15)} ${hows.get(file) ?? "unknown"}`);
  return [...lines, moduleLine(hows)];
}

/** The modules whose types are known, with how they were learned. */
function modulesOf(hows: Hows): Readonly<Record<string, How>> {
  const named = [...hows].map(([file, how]): [string | undefined, How] => [moduleOf(file), how]);
  return Object.fromEntries(named.filter(([name]) => name !== undefined));
}

function moduleLine(hows: Hows): string {
  const all = Object.values(modulesOf(hows));
  const learned = [...new Set(all)].join(", ") || "unknown";
  return `  ${"modules".padEnd(15)} ${learned.padEnd(9)} ${all.length ? `types of ${all.length}` : ""}`;
}

function factData(hows: Hows): { readonly facts: object; readonly modules: object } {
  const facts = fileNames.map((file): [FileName, string] => [file, hows.get(file) ?? "unknown"]);
  return { facts: Object.fromEntries(facts), modules: modulesOf(hows) };
}

function dataOf(learned: Learned): object {
  return { release: learned.release ?? null, ...factData(howsOf(learned)) };
}

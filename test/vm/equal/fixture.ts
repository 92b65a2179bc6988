/** Groups over types of our own: every kind of member that there is, read by helpers that copy. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import type { CType, RecordType } from "../../../src/bind/ctype.js";
import { sectionOf } from "../../../src/btf/elf.js";
import type { Kernel } from "../../../src/kernel/kernel.js";
import { openKernel } from "../../../src/kernel/open.js";
import { type Group, integers, must, variablesOf } from "./group.js";
import { membersOf, recordOf, type Variable, type World } from "./world.js";

const here = new URL(".", import.meta.url).pathname;

/** Group, function and its parameters; `char` is the kernel's, by gcc's option. */
interface Row {
  readonly name: string;
  readonly target: string;
  readonly declared: readonly string[];
  readonly backend: Group["backend"];
  readonly char?: "-funsigned-char";
  readonly truth?: true;
}

const signed = ["struct fixture *f", "signed char a", "short b", "int c", "long d"];
const unsigned = ["struct fixture *f", "unsigned char a", "u16 b", "unsigned int c", "unsigned long d"];
const mixed = ["struct fixture *f", "_Bool a", "char b", "enum color c", "u64 d"];
const opaque = ["void *p", "unsigned char a", "enum positive b", "dev_t c", "s64 d"];
const call = ["struct fixture *f", "unsigned char a", "short b", "long c", "int d"];
const marked = ["struct fixture __user *f", "unsigned char a", "short b", "long c", "int d"];

const rows: readonly Row[] = [
  { name: "signed", target: "equal_signed", declared: signed, backend: "override" },
  {
    name: "unsigned",
    target: "equal_unsigned",
    declared: unsigned,
    backend: "override",
    char: "-funsigned-char",
  },
  { name: "mixed", target: "equal_mixed", declared: mixed, backend: "override" },
  { name: "truth", target: "equal_signed", declared: signed, backend: "override", truth: true },
  { name: "opaque", target: "equal_opaque", declared: opaque, backend: "fmod_ret" },
  { name: "user", target: "sys_equal", declared: call, backend: "override" },
  { name: "user-trampoline", target: "sys_equal", declared: marked, backend: "fmod_ret", truth: true },
];

const constants = [
  ...["RED", "GREEN", "BLUE", "ONE", "MANY", "TINY", "HUGE_VALUE", "LOWEST", "HIGHEST"],
  ...["true", "false", "PAGE_SIZE", "ENOMEM", "EIO"],
];

export async function fixtureGroups(folder: string): Promise<Group[]> {
  return Promise.all(rows.map((row) => groupOf(row, folder)));
}

async function groupOf(row: Row, folder: string): Promise<Group> {
  const path = join(folder, `${row.name}.kernel`);
  const kernel = await fixtureKernel(path, row.char ?? "-fsigned-char");
  const to = recordOf(kernel, "struct fixture");
  const syscall = row.target === "sys_equal";
  const world: World = {
    kernel,
    variables: variablesOf(row.target, row.declared, kernel).map((v) => followed(v, to)),
    places: new Map([
      ["struct fixture", [0, 0x1000]],
      ["struct inner", [0x2000, 0x3000, ...elements(to, "array", recordOf(kernel, "struct inner"))]],
    ]),
    constants,
    integers: [...integers, "enum color"],
    mark: syscall ? "__user " : "",
    trusted: false,
    flexible: true,
  };
  const { name, backend, target } = row;
  const shared = { header: "fixture.h", btf: join(path, "vmlinux.btf"), fault: "equal_fault" };
  return { ...shared, name, world, backend, target, syscall, wide: !row.truth };
}

/** What a pointer without a type leads to is a fixture all the same. */
function followed(variable: Variable, to: RecordType): Variable {
  const { type, name } = variable;
  if (type.kind !== "pointer") return variable;
  const typed = { ...variable, type: { ...type, to } };
  return type.to.kind === "void" ? { ...typed, text: `((struct fixture *)${name})` } : typed;
}

/** Where a fixture's own elements lie, which can be pointed to, too. */
function elements(record: RecordType, name: string, type: CType): number[] {
  const array = membersOf(record).find((m) => m.name === name);
  if (array?.type.kind !== "array" || type.kind !== "struct") throw new Error(`the fixture has no ${name}`);
  const size = type.definition!.btf.type(type.definition!.id) as { readonly size: number };
  return Array.from({ length: array.type.length }, (_, i) => array.bitOffset / 8 + size.size * i);
}

/** The kernel that fixture.c makes up, as a folder that `-k` could take. */
async function fixtureKernel(path: string, char: string): Promise<Kernel> {
  mkdirSync(path, { recursive: true });
  const object = join(path, "fixture.o");
  const flags = ["-target", "bpf", "-g", "-O2", "-w", char];
  await execa("clang-19", [...flags, "-c", join(here, "fixture.c"), "-o", object]);
  const types = must(sectionOf(readFileSync(object), ".BTF", object));
  if (!types) throw new Error("clang makes no BTF");
  writeFileSync(join(path, "vmlinux.btf"), types);
  const options = ["BPF_KPROBE_OVERRIDE", "FUNCTION_ERROR_INJECTION", "X86_64"];
  const config = ["# Linux/x86 6.12.0 Kernel Configuration", ...options.map((name) => `CONFIG_${name}=y`)];
  writeFileSync(join(path, "config"), `${config.join("\n")}\n`);
  writeFileSync(join(path, "injectable.txt"), "equal_fault\tERRNO\n");
  writeFileSync(join(path, "syscalls.txt"), `equal(${call.join(", ")})\n`);
  return must(await openKernel(path));
}

/** The groups of expressions: which types, which function, read in which way. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { findFunction, type KernelFunction } from "../../src/bind/function.js";
import { type RecordType, sizeOfType } from "../../src/bind/ctype.js";
import { sectionOf } from "../../src/btf/elf.js";
import { formatDiagnostic } from "../../src/diagnostic.js";
import type { Kernel } from "../../src/kernel/kernel.js";
import { openKernel } from "../../src/kernel/open.js";
import type { Group } from "./bpf.js";
import { membersOf, type Variable, type World } from "./world.js";

const here = new URL(".", import.meta.url).pathname;

async function opened(name: string): Promise<Kernel> {
  const result = await openKernel(name);
  if (!result.ok) throw new Error(result.diagnostics.map((d) => formatDiagnostic(d)).join("\n"));
  return result.value;
}

const integers = [
  ...["_Bool", "char", "signed char", "unsigned char", "short", "unsigned short", "int", "unsigned", "long"],
  ...["unsigned long", "long long", "unsigned long long int", "short int", "long unsigned", "signed"],
];
const typedefs = ["u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64", "bool", "size_t", "loff_t", "enum color"];
const constants = ["RED", "GREEN", "BLUE", "ONE", "MANY", "TINY", "HUGE_VALUE", "LOWEST", "HIGHEST", "true", "false", "PAGE_SIZE"];

/** The kernel that fixture.c makes up, as a folder that `-k` could take. */
async function fixtureKernel(folder: string, char: string): Promise<Kernel> {
  const path = join(folder, char);
  mkdirSync(path, { recursive: true });
  const object = join(path, "fixture.o");
  await execa("clang-19", ["-target", "bpf", "-g", "-O2", "-w", char, "-c", join(here, "fixture.c"), "-o", object]);
  const section = sectionOf(readFileSync(object), ".BTF", object);
  if (!section.ok || !section.value) throw new Error("clang makes no BTF");
  writeFileSync(join(path, "vmlinux.btf"), section.value);
  const config = ["BPF_KPROBE_OVERRIDE", "FUNCTION_ERROR_INJECTION", "X86_64"].map((name) => `CONFIG_${name}=y`);
  writeFileSync(join(path, "config"), ["# Linux/x86 6.12.0 Kernel Configuration", ...config, ""].join("\n"));
  writeFileSync(join(path, "injectable.txt"), "equal_fault\tERRNO\n");
  writeFileSync(join(path, "syscalls.txt"), "equal(struct fixture *f, unsigned char a, short b, long c, int d)\n");
  return opened(path);
}

/** Variables named as in a parameter list. */
function variablesOf(target: KernelFunction, declared: readonly string[]): Variable[] {
  return declared.map((text, i) => {
    const name = /\w+$/.exec(text)![0];
    const { type } = target.parameters[i]!;
    return { name, declared: text, type };
  });
}

function found(name: string, kernel: Kernel): KernelFunction {
  const at = { source: { name: "", text: name }, start: 0, end: name.length };
  const target = findFunction({ value: name, span: at } as never, kernel, () => {});
  if (!target) throw new Error(`no function ${name}`);
  return target;
}

const fixturePlaces = [0x0000, 0x1000];
const innerPlaces = [0x2000, 0x2038, 0x2070];

interface Row {
  readonly name: string;
  readonly target: string;
  readonly declared: readonly string[];
  readonly backend: Group["backend"];
  readonly wide?: boolean;
  readonly char?: string;
}

const rows: readonly Row[] = [
  { name: "signed", target: "equal_signed", declared: ["struct fixture *f", "signed char a", "short b", "int c", "long d"], backend: "override" },
  { name: "unsigned", target: "equal_unsigned", declared: ["struct fixture *f", "unsigned char a", "u16 b", "unsigned int c", "unsigned long d"], backend: "override", char: "-funsigned-char" },
  { name: "mixed", target: "equal_mixed", declared: ["struct fixture *f", "_Bool a", "char b", "enum color c", "u64 d"], backend: "override" },
  { name: "truth", target: "equal_signed", declared: ["struct fixture *f", "s8 a", "s16 b", "s32 c", "s64 d"], backend: "override", wide: false },
  { name: "opaque", target: "equal_opaque", declared: ["void *p", "unsigned char a", "enum positive b", "dev_t c", "s64 d"], backend: "fmod_ret" },
  { name: "user", target: "sys_equal", declared: ["struct fixture *f", "unsigned char a", "short b", "long c", "int d"], backend: "override" },
  { name: "user-trampoline", target: "sys_equal", declared: ["struct fixture __user *f", "unsigned char a", "short b", "long c", "int d"], backend: "fmod_ret", wide: false },
];

/** Groups over types of our own: every kind of member there is, read by helpers that copy. */
export async function fixtureGroups(folder: string): Promise<Group[]> {
  const groups: Group[] = [];
  for (const row of rows) {
    const { name, backend, wide = true, char = "-fsigned-char" } = row;
    const kernel = await fixtureKernel(folder, char);
    const variables = variablesOf(found(row.target, kernel), row.declared).map((v): Variable => {
      if (v.type.kind !== "pointer") return v;
      const id = kernel.btf.find("struct", "fixture")[0]!;
      const to: RecordType = { kind: "struct", name: "fixture", definition: { btf: kernel.btf, id } };
      const text = v.type.to.kind === "void" ? { text: `((struct fixture *)${v.name})` } : {};
      return { ...v, ...text, type: { kind: "pointer", to } };
    });
    const syscall = row.target === "sys_equal";
    const world: World = {
      kernel,
      variables,
      places: new Map([
        ["struct fixture", fixturePlaces],
        ["struct inner", [...innerPlaces, 8]],
      ]),
      constants,
      integers: [...integers, ...typedefs],
      mark: syscall ? "__user " : "",
      trusted: false,
      flexible: true,
    };
    const btf = join(folder, char, "vmlinux.btf");
    groups.push({ name, world, backend, fault: "equal_fault", target: row.target, syscall, wide, header: "fixture.h", btf, unsignedChar: char === "-funsigned-char" });
  }
  for (const { world } of groups) (world.places as Map<string, number[]>).set("struct inner", [...innerPlaces, ...arrayPlaces(world)]);
  return groups;
}

/** The fixture's own elements can be pointed to, too. */
function arrayPlaces(world: World): number[] {
  const type = world.variables[0]!.type;
  const array = type.kind === "pointer" ? membersOf(type.to as RecordType).find((m) => m.name === "array")! : undefined!;
  return [0, 1, 2].map((i) => array.bitOffset / 8 + 56 * i);
}

const kernelRows: readonly Omit<Row, "name" | "backend" | "char">[] = [
  { target: "d_alloc_parallel", declared: ["struct dentry *parent", "const struct qstr *name"] },
  { target: "security_inode_permission", declared: ["struct inode *inode", "int mask"] },
  { target: "tcp_sendmsg", declared: ["struct sock *sk", "struct msghdr *msg", "size_t size"], wide: false },
  { target: "should_fail_bio", declared: ["struct bio *bio"] },
  { target: "security_file_ioctl", declared: ["struct file *file", "unsigned int cmd", "unsigned long arg"] },
  { target: "security_task_setnice", declared: ["struct task_struct *p", "int nice"], wide: false },
];

const kernelTypes = ["dentry", "qstr", "inode", "super_block", "sock", "msghdr", "bio", "block_device", "file", "task_struct", "cred"];

/** Groups over the kernel's own types, whose pointers the verifier follows. */
export async function kernelGroups(folder: string, name: string): Promise<Group[]> {
  const kernel = await opened(name);
  const raw = await execa("bpftool", ["btf", "dump", "file", await rawBtf(kernel, folder), "format", "c"]);
  const header = join(folder, "vmlinux.h");
  writeFileSync(header, nativeHeader(raw.stdout, kernel));
  let at = 0;
  const places = new Map(
    kernelTypes.map((tag) => {
      const size = sizeOfType({ kind: "struct", name: tag, definition: { btf: kernel.btf, id: kernel.btf.find("struct", tag)[0]! } })!;
      const place = at;
      at += Math.ceil(size / 256) * 256;
      return [`struct ${tag}`, [place]] as const;
    }),
  );
  const world = { kernel, places, constants: ["true", "false", "PAGE_SIZE"], integers: [...integers, ...typedefs.slice(0, -1)], mark: "", trusted: true, flexible: false };
  return kernelRows.flatMap(({ target, declared, wide = true }) => {
    const variables = variablesOf(found(target, kernel), declared);
    const shared = { world: { ...world, variables }, fault: "should_failslab", target, wide, header, unsignedChar: true };
    return [
      { ...shared, name: target, backend: "fmod_ret" as const },
    ];
  });
}

/** bpftool's C, fit for gcc: it forgets that an enum is packed, and `false` and `true` are macros here. */
function nativeHeader(text: string, { btf }: Kernel): string {
  const small = [...btf.names("enum")].filter(({ id }) => (btf.type(id) as { size: number }).size < 4);
  return small
    .reduce((c, { name }) => c.replace(new RegExp(`^(enum ${name} \\{[^}]*\\});`, "m"), "$1 __attribute__((packed));"), text)
    .replace(/^enum \{\n\tfalse = 0,\n\ttrue = 1,\n\};/m, "");
}

async function rawBtf(kernel: Kernel, _folder: string): Promise<string> {
  return join(kernel.image!, "../vmlinux.btf");
}

/** A kernel in one file: raw BTF, an ELF `vmlinux`, or an image that a boot loader takes. The first bytes tell which. */

import { isElf, sectionOf } from "../btf/elf.js";
import { btfOrder } from "../btf/header.js";
import { type Checked, checked, failed } from "../diagnostic.js";
import { damagedImage, kernelWithoutBtf, notAKernel, otherArchitecture } from "./codes.js";
import type { Arch } from "./kernel.js";
import { lazy } from "./lazy.js";
import { bannerRelease } from "./release.js";
import { gunzip, isGzip, unpack } from "./unpack.js";

export interface Image {
  readonly arch?: Arch;
  /** As the file tells it; raw BTF tells none. */
  readonly release?: string;
  /** A boot loader takes it, so QEMU does. */
  readonly bootable: boolean;
  /** Raw BTF, or an ELF file that should have it; unpacked only when asked for. */
  types(): Promise<Checked<Uint8Array>>;
}

/** What a file's bytes are. `path` is how diagnostics call it. */
export async function readImage(bytes: Uint8Array, path: string): Promise<Checked<Image>> {
  if (btfOrder(bytes)) return checked(typesAlone(bytes));
  if (isElf(bytes)) return readElf(bytes, path);
  if (isBzImage(bytes)) return readBzImage(bytes, path);
  if (isArm64Image(bytes)) return checked(arm64Image(bytes, path));
  if (isSelfUnpacking(bytes)) return readSelfUnpacking(bytes, path);
  if (isGzip(bytes)) {
    const inner = gunzip(bytes, path);
    if (!inner.ok) return inner;
    // Twice gzipped is no form of a kernel, and could go on for ever.
    return isGzip(inner.value) ? unknownForm(path) : gzipped(await readImage(inner.value, path));
  }
  return unknownForm(path);
}

/** QEMU unpacks an arm64 image by itself, and no x86-64 one. */
function gzipped(image: Checked<Image>): Checked<Image> {
  return image.ok && image.value.arch !== "arm64" ? checked({ ...image.value, bootable: false }) : image;
}

function typesAlone(bytes: Uint8Array): Image {
  return { bootable: false, types: async () => checked(bytes) };
}

function unknownForm(path: string): Checked<never> {
  const help = ["give raw BTF, an ELF `vmlinux`, a bootable image, or a folder with such files"];
  return failed(notAKernel(undefined, { path }, { help }));
}

/** EM_X86_64 and EM_AARCH64 of include/uapi/linux/elf-em.h. */
const machines: ReadonlyMap<number, Arch> = new Map([
  [62, "x86_64"],
  [183, "arm64"],
]);

/** EM_NONE and EM_BPF: what `pahole` and clang wrap type information in that belongs to no machine. */
const noMachines = [0, 247];

function readElf(bytes: Uint8Array, path: string): Checked<Image> {
  // What is too short for a machine is too short for sections, and readBtf() says so.
  const machine = bytes.length >= 20 ? viewOf(bytes).getUint16(18, bytes[5] !== 2) : 0;
  if (noMachines.includes(machine)) return checked(typesAlone(bytes));
  const arch = machines.get(machine);
  if (!arch) return failed(otherArchitecture(undefined, { path, what: `ELF machine ${machine}` }));
  const release = lazy(() => bannerRelease(bytes));
  return checked({
    arch,
    get release() {
      return release();
    },
    bootable: false,
    types: async () => checked(bytes),
  });
}

// The setup header and its offsets: Documentation/arch/x86/boot.rst.
const setupSectors = 0x1f1;
const bootFlag = 0x1fe;
const protocol = 0x206;
const kernelVersion = 0x20e;
const payloadOffset = 0x248;
const setupHeaderEnd = 0x250;
const sector = 512;

function isBzImage(bytes: Uint8Array): boolean {
  return (
    bytes.length >= setupHeaderEnd &&
    viewOf(bytes).getUint16(bootFlag, true) === 0xaa55 &&
    Buffer.from(bytes.subarray(0x202, protocol)).toString("latin1") === "HdrS"
  );
}

function readBzImage(bytes: Uint8Array, path: string): Checked<Image> {
  const view = viewOf(bytes);
  if (view.getUint16(protocol, true) < 0x208) {
    const problem = "its boot protocol is older than 2.08, that of Linux 2.6.26";
    return failed(damagedImage(undefined, { path, problem }));
  }
  const start = ((bytes[setupSectors] || 4) + 1) * sector + view.getUint32(payloadOffset, true);
  const length = view.getUint32(payloadOffset + 4, true);
  if (length === 0 || start + length > bytes.length) {
    const problem = `its content of ${length} bytes from byte ${start} on ends after the file's ${bytes.length} bytes`;
    return failed(damagedImage(undefined, { path, problem }));
  }
  const payload = bytes.subarray(start, start + length);
  // scripts/Makefile.lib appends the unpacked size to every format but gzip, which has it already.
  const packed = isGzip(payload) ? payload : payload.subarray(0, -4);
  // "6.12.95 (root@host) #1 SMP …"
  const version = view.getUint16(kernelVersion, true);
  const release = version && /^[^\s\0]+/.exec(text(bytes, version + 0x200, 128))?.[0];
  return checked({
    arch: "x86_64",
    ...(release ? { release } : {}),
    bootable: true,
    types: () => unpackTypes(packed, path),
  });
}

async function unpackTypes(packed: Uint8Array, path: string): Promise<Checked<Uint8Array>> {
  const vmlinux = await unpack(packed, path);
  if (!vmlinux.ok) return vmlinux;
  const section = sectionOf(vmlinux.value, ".BTF", path);
  if (!section.ok) return section;
  return section.value ? checked(section.value) : failed(kernelWithoutBtf(undefined, { path }));
}

/** `ARM\x64` at byte 56: Documentation/arch/arm64/booting.rst. */
function isArm64Image(bytes: Uint8Array): boolean {
  return text(bytes, 56, 4) === "ARMd";
}

function arm64Image(bytes: Uint8Array, path: string): Image {
  const release = lazy(() => bannerRelease(bytes));
  return {
    arch: "arm64",
    get release() {
      return release();
    },
    bootable: true,
    async types() {
      const found = embeddedBtf(bytes);
      return found ? checked(found) : failed(kernelWithoutBtf(undefined, { path }));
    },
  };
}

/** Magic, version 1, no flags, a header of 24 bytes: what BTF starts with in the kernel's data. */
const btfStart = Buffer.from([0x9f, 0xeb, 1, 0, 24, 0, 0, 0]);

// A flat image has no sections, so BTF is looked for by its header; types come right after it, then the names.
function embeddedBtf(bytes: Uint8Array): Uint8Array | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = buffer.indexOf(btfStart); at >= 0; at = buffer.indexOf(btfStart, at + 1)) {
    if (at + 24 > bytes.length) return undefined;
    const word = (field: number) => buffer.readUInt32LE(at + field);
    const [types, typesLength, names, namesLength] = [word(8), word(12), word(16), word(20)];
    const end = at + 24 + names + namesLength;
    const sound = types === 0 && names === typesLength && namesLength > 0 && end <= bytes.length;
    if (sound) return bytes.subarray(at, end);
  }
  return undefined;
}

/** `MZ`, then `zimg`: drivers/firmware/efi/libstub/zboot-header.S. */
function isSelfUnpacking(bytes: Uint8Array): boolean {
  return text(bytes, 0, 2) === "MZ" && text(bytes, 4, 4) === "zimg" && bytes.length >= 16;
}

async function readSelfUnpacking(bytes: Uint8Array, path: string): Promise<Checked<Image>> {
  const view = viewOf(bytes);
  const [start, length] = [view.getUint32(8, true), view.getUint32(12, true)];
  if (length === 0 || start + length > bytes.length) {
    return failed(damagedImage(undefined, { path, problem: "its compressed content ends after the file" }));
  }
  const inner = await unpack(bytes.subarray(start, start + length), path);
  if (!inner.ok) return inner;
  return isArm64Image(inner.value) ? checked(arm64Image(inner.value, path)) : unknownForm(path);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function text(bytes: Uint8Array, start: number, length: number): string {
  return Buffer.from(bytes.subarray(start, start + length)).toString("latin1");
}

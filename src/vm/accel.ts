/** Whether KVM may be used. */

import { execa } from "execa";
import type { Arch } from "../kernel/kernel.js";
import { type Accelerator, platforms } from "./qemu.js";

let probed: Promise<Accelerator> | undefined;

/**
 * What a guest of that arch is best run with here: KVM only where a guest's first instructions were seen to run, which is
 * not so wherever /dev/kvm can be opened. Tried once.
 */
export function accelerator(arch: Arch): Promise<Accelerator> {
  if (arch !== "x86_64" || process.arch !== "x64") return Promise.resolve("tcg");
  probed ??= firmwareRuns("kvm").then((runs) => (runs ? "kvm" : "tcg"));
  return probed;
}

/** From now on KVM is taken for unusable: a kernel did not come up with it. */
export function distrustKvm(): void {
  probed = Promise.resolve("tcg");
}

/** Whether SeaBIOS, run with the accelerator and no disk, gets as far as saying its name on its debug port. */
export async function firmwareRuns(candidate: Accelerator): Promise<boolean> {
  const { program, machine } = platforms.x86_64;
  const guest = execa(
    program,
    [
      ...["-nodefaults", "-no-user-config", "-display", "none", "-M", `${machine},accel=${candidate}`],
      ...["-cpu", "max", "-m", "32", "-chardev", "stdio,id=debug,signal=off"],
      ...["-device", "isa-debugcon,iobase=0x402,chardev=debug"],
    ],
    { stdio: ["ignore", "pipe", "ignore"], timeout: 5000, reject: false, buffer: false },
  );
  let said = "";
  guest.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    if (said.includes("SeaBIOS")) guest.kill();
  });
  await guest;
  return said.includes("SeaBIOS");
}

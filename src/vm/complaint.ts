/** What a guest's kernel says of itself that it should not. */

/** How the kernel's oops, BUG and WARN reports, lockup and stall detectors begin: kernel/panic.c, arch/x86/mm/fault.c and others. */
export function isComplaint(line: string): boolean {
  return /^(WARNING: |BUG: |Oops\b|kernel BUG at |general protection fault|Internal error: |Unable to handle kernel |INFO: task .* blocked |(INFO: )?rcu: .*stall|watchdog: BUG)/.test(
    line,
  );
}

export function panicOf(log: string): string | undefined {
  return /Kernel panic - not syncing: (.*)/.exec(log)?.[1]?.trim();
}

/** A line of the kernel's log without its time stamp. */
export function message(line: string): string {
  return line.replace(/^\s*(\[[^\]]*\]\s*)*/, "").trim();
}

/** The log's lines since the loader started; all of them where it did not. */
export function sinceLoading(log: string): string[] {
  return log.slice(Math.max(0, log.indexOf("injectc: loading"))).split("\n");
}

/** So many lines hold a report with its call trace. */
const shownLines = 60;

/** The log from the kernel's first complaint or panic on, as it came; empty where there is none. */
export function complaintIn(log: string): string {
  const lines = sinceLoading(log);
  const first = lines.findIndex((line) => isComplaint(message(line)) || panicOf(line) !== undefined);
  return first < 0
    ? ""
    : lines
        .slice(first, first + shownLines)
        .join("\n")
        .trimEnd();
}

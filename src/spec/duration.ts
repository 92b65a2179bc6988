/** Durations as Go writes them: the rules of ParseDuration in time/format.go. */

/** The nanoseconds, or what is wrong with the text. */
export type ParsedDuration =
  | { readonly ok: true; readonly value: bigint }
  | { readonly ok: false; readonly why: string };

/** Nanoseconds of each unit. */
const units: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
/** No duration needs as many; more would only make large numbers. */
const maxLetters = 200;
/** What Go can hold: 64 bits with a sign. */
const longest = 2n ** 63n - 1n;
/** Advice for what people write instead. */
const otherUnits: ReadonlyMap<string, string> = new Map([
  ["d", "there is no unit for days, write `24h`"],
  ["w", "there is no unit for weeks, write `168h`"],
  ["", "a number needs its unit, as in `30s`"],
]);

/** Nanoseconds of a Go duration, fractions of one cut off; or why it is none. */
export function parseDuration(text: string): ParsedDuration {
  const unsigned = text.replace(/^[+-]/, "");
  if (unsigned === "0") return { ok: true, value: 0n };
  if (unsigned === "") return { ok: false, why: "it is empty" };
  if (unsigned.length > maxLetters) return { ok: false, why: "it is too long" };
  const part = /(\d*)(?:\.(\d*))?([^\d.]*)/y;
  let sum = 0n;
  while (part.lastIndex < unsigned.length) {
    const [whole, digits = "", fraction = "", unit = ""] = part.exec(unsigned)!;
    if (whole === "" || digits + fraction === "")
      return { ok: false, why: "it does not start with a number" };
    const size = Object.hasOwn(units, unit) ? units[unit] : undefined;
    if (size === undefined) return { ok: false, why: otherUnits.get(unit) ?? `there is no unit \`${unit}\`` };
    sum += BigInt(digits || "0") * size + (BigInt(fraction || "0") * size) / 10n ** BigInt(fraction.length);
    if (sum > longest) return { ok: false, why: "it is longer than 292 years" };
  }
  return { ok: true, value: text.startsWith("-") ? -sum : sum };
}

/** A duration of so many nanoseconds as one writes it: `2h45m`, `1m30s`, `1s500ms`; what parseDuration() reads back. */
export function durationText(nanoseconds: bigint): string {
  let rest = nanoseconds;
  const parts = ["h", "m", "s", "ms", "us", "ns"].map((unit) => {
    const count = rest / units[unit]!;
    rest %= units[unit]!;
    return count > 0n ? `${count}${unit}` : "";
  });
  return parts.join("") || "0s";
}

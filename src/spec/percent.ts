/** Percentages as fractions. */

/** The fraction nearest to a percentage in decimal digits, `33.3`; to divide by 100 would round a second time. */
export function fractionOf(percent: string): number {
  const [digits, exponent = "0"] = percent.toLowerCase().split("e");
  return Number(`${digits}e${Number(exponent) - 2}`);
}

/** Help for what is too much for a fraction and may be a percentage. */
export function percentHelp(value: number): string[] {
  return value > 1 && value <= 100 ? [`${value} % is ${fractionOf(String(value))}`] : [];
}

/** Percentages as fractions. */

/** The fraction nearest to a percentage in decimal digits, `33.3`; to divide by 100 would round a second time. */
export function fractionOf(percent: string): number {
  const [digits, exponent = "0"] = percent.toLowerCase().split("e");
  return Number(`${digits}e${Number(exponent) - 2}`);
}

/** The matrix for a terminal, and as data. */

import { diagnosticJson, formatDiagnostic, mergeKernels } from "../diagnostic.js";
import { oneLine } from "../terminal.js";
import type { Cell, Matrix, Row } from "./matrix.js";

/** A cell in a word or two. */
export function verdictOf({ use, trial }: Cell): string {
  if (!use) return "no";
  if (!trial) return use.backend;
  const { stage } = trial;
  switch (stage) {
    case "boot":
      return "no boot";
    case "setup":
      return "not attached";
    case "case":
      return "broke";
    case "loaded":
      return "no effect";
    case "fired":
      return "fires";
    default:
      return stage satisfies never;
  }
}

/** A spec's name, with its file where another has the same. */
function rowName({ name, file }: Row, rows: readonly Row[]): string {
  return rows.some((other) => other.name === name && other.file !== file) ? `${name} (${file})` : name;
}

/** The table, and under it why a spec does not bind, and what a guest showed where that was no effect. */
export function matrixText({ kernels, specs }: Matrix): string {
  const rows = [
    ["", ...kernels.map(({ name }) => name), "objects"],
    ...specs.map((row) => [rowName(row, specs), ...row.cells.map(verdictOf), String(row.objects)]),
  ].map((row) => row.map(oneLine));
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const table = rows.map((row) =>
    row
      .map((text, i) => text.padEnd(widths[i]!))
      .join("  ")
      .trimEnd(),
  );
  const reasons = specs.flatMap((row) => {
    const errors = row.cells.flatMap(({ use, diagnostics }) => {
      return use ? [] : diagnostics.filter(({ severity }) => severity === "error");
    });
    const trials = row.cells.flatMap(({ trial }, i) => {
      if (!trial || trial.stage === "fired") return [];
      const title = `${rowName(row, specs)} on ${kernels[i]!.name}:`;
      return [[title, ...trial.lines.map((line) => `  ${line}`)].join("\n")];
    });
    return [...mergeKernels(errors).map((d) => formatDiagnostic(d)), ...trials];
  });
  return [table.join("\n"), ...reasons].join("\n\n");
}

export function matrixJson({ kernels, specs }: Matrix): Readonly<Record<string, unknown>> {
  const cells = specs.flatMap((row) =>
    row.cells.map((cell, i) => ({
      spec: row.name,
      file: row.file,
      kernel: kernels[i]!.name,
      verdict: verdictOf(cell),
      backend: cell.use?.backend ?? null,
      reason: cell.use?.reason ?? null,
      object: cell.use?.object ?? null,
      diagnostics: cell.diagnostics.map(diagnosticJson),
      trial: cell.trial,
    })),
  );
  return { kernels, specs: specs.map(({ name, file, objects }) => ({ name, file, objects })), cells };
}

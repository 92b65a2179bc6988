/** What the words of a command line mean, for all the verbs that take specs and kernels. */

import { type Checked, checked, failed } from "../diagnostic.js";
import type { SpecInput } from "../pipeline.js";
import { usage } from "./codes.js";
import type { Options } from "./verb.js";

/** Files, or a one-liner given by `--mode` and `--spec`; one of the two, whole. */
export function specInput(paths: readonly string[], options: Options): Checked<SpecInput> {
  const { mode, spec, probability, count, header } = options;
  const given = [mode, spec, probability, count, header].some((value) => value !== undefined);
  if (!given) {
    if (paths.length > 0) return checked({ kind: "files", paths });
    const help = ["give a file, `-` for standard input, or `--mode` and `--spec`"];
    return failed(usage(undefined, { problem: "there is no SPEC" }, { help }));
  }
  if (paths.length > 0) return misuse("a file and options of a one-liner exclude each other");
  if (mode === undefined || spec === undefined) return misuse("a one-liner needs both `--mode` and `--spec`");
  return checked({
    kind: "one-liner",
    text: {
      mode,
      spec,
      ...(probability === undefined ? {} : { probability }),
      ...(count === undefined ? {} : { count }),
      ...(header === undefined ? {} : { headers: header }),
    },
  });
}

/** A usage error. */
export function misuse(problem: string): Checked<never> {
  return failed(usage(undefined, { problem }));
}

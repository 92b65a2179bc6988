/** What a verb of the command line is. */

import type { KeyType } from "../build/keygen.js";
import type { Backend } from "../build/manifest.js";
import type { Driver, Version } from "../cluster/cgroup.js";
import type { Format } from "../convert/limits.js";
import type { Diagnostic } from "../diagnostic.js";
import type { ExportFormat } from "../export/format.js";

/** Every option of every verb, by its long name; a verb gets those that its row lists. */
export interface Options {
  readonly mode?: string;
  readonly spec?: string;
  readonly probability?: string;
  readonly count?: string;
  readonly header?: readonly string[];
  readonly kernel?: readonly string[];
  readonly backend?: Backend;
  readonly arch?: string;
  readonly out?: string;
  readonly skeletons?: boolean;
  readonly loader?: boolean;
  readonly signKey?: string;
  readonly signCert?: string;
  readonly signCommand?: string;
  readonly type?: KeyType;
  readonly trust?: readonly string[];
  readonly workload?: string;
  readonly shell?: boolean;
  readonly name?: string;
  readonly boot?: boolean;
  readonly html?: string;
  readonly to?: Format | ExportFormat;
  readonly pods?: string;
  readonly nodes?: string;
  readonly namespaces?: string;
  readonly namespace?: string;
  readonly targetNamespace?: string;
  readonly seed?: string;
  readonly everyContainer?: boolean;
  readonly cgroupDriver?: Driver;
  readonly cgroupVersion?: Version;
  readonly cgroupRoot?: string;
  readonly for?: string;
  readonly image?: string;
}

export interface Request {
  readonly operands: readonly string[];
  /** What stood behind `--`. */
  readonly rest: readonly string[];
  readonly options: Options;
  /** Shows a line on a terminal, in the place of the one before; null: none. */
  readonly progress: (line: string | null) => void;
}

/** What a verb has found or done. */
export interface Outcome {
  readonly diagnostics: readonly Diagnostic[];
  /** For standard output; without a newline at its end. */
  readonly text?: string;
  /** With `--json`, what is printed beside the diagnostics. */
  readonly data?: Readonly<Record<string, unknown>>;
}

export type Run = (request: Request) => Promise<Outcome>;

export interface OptionRow {
  /** As commander takes it: `-k, --kernel <KERNEL>`. */
  readonly flags: string;
  readonly help: string;
  readonly repeat?: true;
  readonly choices?: readonly string[];
}

export interface Verb {
  readonly name: string;
  /** As commander takes it: `[SPEC...]`. */
  readonly operands: string;
  readonly summary: string;
  readonly options: readonly OptionRow[];
  /** It hands on what stands behind `--`. */
  readonly rest?: true;
  /** Loads the verb's module, and only then all that it needs. */
  readonly load: () => Promise<Run>;
}

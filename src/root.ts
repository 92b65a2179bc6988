/** Where the package lies, the same for the sources and for what they compile to. */

import { createRequire } from "node:module";
import { dirname } from "node:path";

/** The folder of package.json. */
export const packageRoot = dirname(createRequire(import.meta.url).resolve("#package"));

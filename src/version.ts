/** injectc's own version. */

import { createRequire } from "node:module";

/** As in package.json. */
export const version: string = createRequire(import.meta.url)("#package").version;

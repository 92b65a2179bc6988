/** injectc's own version. */

import about from "#package" with { type: "json" };

/** As in package.json. */
export const version: string = about.version;

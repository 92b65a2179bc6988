/** Makes the cache that src/start.ts takes, of all that one run of the program compiles: its arguments are this script's. */

const { writeFileSync } = require("node:fs");
const { script } = require("./out/js/cli.cjs");

process.on("exit", (status) => {
  if (status === 0) writeFileSync("out/js/injectc.cjs.cache", script.createCachedData());
});

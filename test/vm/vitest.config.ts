import { defineConfig } from "vitest/config";
import { templates } from "../../.rolldown.ts";

/** What boots kernels; two guests at a time is what a small machine bears. */
export default defineConfig({
  plugins: [templates],
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/vm/**/*.test.ts"],
    // `make equal` and `make soak` run these; in the whole run they do not hold on every lab kernel yet.
    exclude: process.env.EQUAL_SEED ? [] : ["test/vm/equal/**", "test/vm/soak.test.ts"],
    testTimeout: 180_000,
    maxWorkers: 2,
    maxConcurrency: 2,
  },
});

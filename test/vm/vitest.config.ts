import { defineConfig } from "vitest/config";
import { templates } from "../../.rolldown.ts";

/** What boots kernels; two guests at a time is what a small machine bears. */
export default defineConfig({
  plugins: [templates],
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/vm/**/*.test.ts"],
    testTimeout: 180_000,
    maxWorkers: 2,
    maxConcurrency: 2,
  },
});

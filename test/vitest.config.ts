import { defineConfig } from "vitest/config";
import { templates } from "../.rolldown.ts";

export default defineConfig({
  plugins: [templates],
  test: {
    root: new URL("..", import.meta.url).pathname,
    include: ["test/**/*.test.ts"],
    exclude: ["test/vm/**"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Else a machine of two processors uses one.
    maxWorkers: "100%",
  },
});

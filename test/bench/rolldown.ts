/** How `make bench` bundles what it runs. */

import { defineConfig } from "rolldown";
import { templates } from "../../.rolldown.ts";

export default defineConfig({
  input: ["test/bench/bench.ts", "test/bench/find.ts"],
  platform: "node",
  plugins: [templates],
  output: { dir: "out/bench", cleanDir: true },
});

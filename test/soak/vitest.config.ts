import { defineConfig } from "vitest/config";
import { templates } from "../../.rolldown.ts";

/** The long soak: its progress is for a person to see as it comes. */
export default defineConfig({
  plugins: [templates],
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/soak/long.ts"],
    disableConsoleIntercept: true,
  },
});

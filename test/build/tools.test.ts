import { expect, test } from "vitest";
import { runTool } from "../../src/build/tools.js";

test("what a tool prints is kept to its last byte, a newline or not", async () => {
  const run = await runTool("openssl", ["base64"], { input: Buffer.from("injectc") });
  expect(run.ok && run.value.stdout.toString()).toBe("aW5qZWN0Yw==\n");
});

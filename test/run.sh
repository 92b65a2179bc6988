#!/bin/bash
# Runs every test, those that boot kernels last, and ends with one line: N passed, M failed.
set -u
cd "$(dirname "$0")/.."
failed=0
npx vitest run --config test/vitest.config.ts --reporter=default --reporter=json --outputFile=out/test/unit.json || failed=1
npx vitest run --config test/vm/vitest.config.ts --reporter=default --reporter=json --outputFile=out/test/vm.json || failed=1
node -e '
  const { readFileSync } = require("node:fs");
  const runs = process.argv.slice(1).map((path) => JSON.parse(readFileSync(path, "utf8")));
  const sum = (key) => runs.reduce((total, run) => total + run[key], 0);
  const skipped = sum("numPendingTests") + sum("numTodoTests");
  const broken = runs.flatMap((run) => run.testResults).filter((f) => f.status === "failed" && f.assertionResults.every((a) => a.status !== "failed"));
  for (const file of runs.flatMap((run) => run.testResults))
    for (const test of file.assertionResults)
      if (test.status === "failed") console.log(`failed: ${file.name}: ${test.fullName}: ${test.failureMessages[0]?.split("\n")[0]}`);
  for (const file of broken) console.log(`did not run: ${file.name}: ${file.message}`);
  if (skipped) console.log(`${skipped} skipped: no test may be`);
  const bad = sum("numFailedTests") + broken.length + skipped;
  console.log(`${sum("numPassedTests")} passed, ${bad} failed`);
  process.exitCode = bad ? 1 : 0;
' out/test/unit.json out/test/vm.json || failed=1
exit $failed

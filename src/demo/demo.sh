#!/bin/bash
# Compiles and signs every example for the lab kernels whose profiles come along, shows what a spec that cannot bind is
# told, and proves one fault by its effect on the stock Debian kernel.
set -euo pipefail
cd "$(dirname "$0")/../.."
injectc() { node out/js/cli.cjs "$@"; }
heading() { printf '\n== %s\n\n' "$*"; }

bundles=out/demo
rm -rf "$bundles"
mkdir -p "$bundles"
(cd "$bundles" && node ../js/cli.cjs keygen 2>/dev/null >&2)
sign=(--sign-key "$bundles/inject.key" --sign-cert "$bundles/inject.crt")

heading "Every example, compiled and signed for the newest lab kernel that it binds to"
for spec in examples/*; do
	for kernel in lab-7.3 lab-5.10 none; do
		if [ "$kernel" = none ]; then
			printf '%-40s binds to no kernel here: %s\n' "${spec#examples/}" \
				"$(injectc check "$spec" -k lab-7.3 2>&1 | sed -n 's/^error[^:]*: //p' | head -n 1)"
		elif injectc build "$spec" -k "$kernel" -o "$bundles/${spec##*.}-$kernel" "${sign[@]}" >"$bundles/log" 2>/dev/null; then
			bundle=$(head -n 1 "$bundles/log")
			injectc verify "$bundle" --trust "$bundles/inject.crt" >/dev/null
			printf '%-40s %-9s %s\n' "${spec#examples/}" "$kernel" "$bundle"
			break
		fi
	done
done

heading "A spec for an older kernel, on a newer one"
injectc check examples/mount-chain.yaml -k lab-6.12 2>&1 | sed -n '/^error/,/^$/p' || true

heading "The stock Debian kernel: open() fails for one file name and for no other"
injectc boot examples/open-denied.yaml -k debian --workload src/demo/workload.sh --json >"$bundles/report.json"
node -e '
  const [report] = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8")).kernels;
  console.log(`Linux ${report.release}, booted under QEMU`);
  for (const [phase, { stdout }] of Object.entries(report.phases)) {
    for (const line of stdout.trim().split("\n")) console.log(`  ${phase.padEnd(9)} ${line}`);
  }
  console.log(`  counters  ${JSON.stringify(report.counters)}`);
  const fails = (phase) => /bananas: Input\/output error/.test(report.phases[phase].stdout);
  const opens = ["before", "attached", "after"].every((phase) => /apples: ok/.test(report.phases[phase].stdout));
  if (!report.ok || !opens || fails("before") || !fails("attached") || fails("after")) {
    console.error("the effect was not shown");
    process.exit(1);
  }
' "$bundles/report.json"

import { expect, test } from "vitest";
import { openLab, refused } from "./lab.js";

const lab = await openLab();
const bundle = await lab.bundle();

/** Command lines after `BUNDLE --trust CERT`, and what the refusal must say. */
const misuses: readonly [string, readonly string[], RegExp][] = [
  ["an unknown option", ["--everything"], /no option `--everything`.*--help/],
  ["a short option", ["-p"], /no option `-p`/],
  ["an abbreviation", ["--prob", "1"], /no option `--prob`/],
  ["a second bundle", ["other"], /`other` would be a second bundle/],
  ["a second bundle after --", ["--", "--other"], /`--other` would be a second bundle/],
  ["a missing value", ["--pid"], /`--pid` needs a value: `--pid N`/],
  ["an empty value", ["--pid="], /`--pid` needs a value/],
  ["a value where none goes", ["--all=yes"], /`--all` takes no value/],
  ["no target", [], /--pid, --tid, --cgroup, --comm or --uid, or `--all`/],
  ["all and some", ["--all", "--pid", "1"], /`--all` and `--pid` exclude each other/],
  ["a pid that is no number", ["--pid", "1x"], /`--pid 1x` is not valid.*the number of a task, as `pgrep/],
  ["a negative pid", ["--pid", "-1"], /`--pid -1` is not valid/],
  ["pid 0", ["--pid", "0"], /idle task/],
  ["a pid beyond int", ["--pid", "2147483648"], /not valid/],
  ["a uid that means nobody", ["--uid", "4294967295"], /not valid.*`id -u NAME` prints it/],
  ["a name too long", ["--comm", "sixteen-bytes-ok"], /longer than 15 bytes/],
  ["probability 0", ["--probability", "0"], /`--probability 0` is not valid.*0\.1, 10%/],
  ["probability over 1", ["--probability", "1.01"], /not valid/],
  ["probability over 100 %", ["--probability", "101%"], /not valid/],
  ["probability in hexadecimal", ["--probability", "0x1"], /not valid/],
  ["probability nan", ["--probability", "nan"], /not valid/],
  ["a probability that rounds to never", ["--probability", "1e-20"], /not valid.*from 2\.4e-10/],
  ["a keyring that is none", ["--all", "--keyring", "mine"], /no keyring `mine`; it is user, session/],
  ["a keyring's number that is none", ["--all", "--keyring", "-3"], /no keyring `-3`/],
  ["two keyrings", ["--all", "--keyring", "user", "--keyring", "session"], /given twice/],
  ["two probabilities", ["--probability", "1", "--probability", "1"], /given twice/],
  ["times in words", ["--times", "many"], /not valid/],
  ["times beyond 64 bits", ["--times", "9223372036854775808"], /not valid/],
  ["duration 0", ["--duration", "0"], /`--duration 0` is not valid.*300ms/],
  ["duration 0s", ["--duration", "0s"], /not valid/],
  ["a duration without unit", ["--duration", "30"], /not valid/],
  ["a negative duration", ["--duration", "-1s"], /not valid/],
  ["a duration in days", ["--duration", "1d"], /not valid/],
  ["a duration of a dot", ["--duration", ".s"], /not valid/],
  ["a duration beyond 64 bits", ["--duration", "2562048h"], /not valid/],
  ["an unknown backend", ["--backend", "lsm"], /no backend `lsm`; it is fmod_ret or override/],
  ["events with a value", ["--events=1"], /`--events` takes no value/],
  ["setting with a certificate", ["--set", "times=1"], /`--set` is about a bundle that is loaded/],
  ["stopping with a certificate", ["--stop"], /`--stop` is about a bundle that is loaded/],
];

test.each(misuses)("%s is a usage error", async (_, words, message) => {
  const outcome = await lab.load(bundle, ...words);
  expect(outcome).toSatisfy(refused("usage"));
  expect(outcome.lines[0].message).toMatch(message);
  expect(outcome.lines[0].log).toBeNull();
});

/** Command lines that hold: the loader goes on to choose an object, of which there is none. */
const uses: readonly (readonly string[])[] = [
  ["--all"],
  ["--all", "--observe", "--events", "--again", "--backend", "override"],
  ["--comm=cat", "--comm", "fifteen-bytes-k"],
  ["--uid", "0", "--uid=4294967294"],
  ...["1", "0.1", ".5", "1e-3", "10%", "100%", "0.5%"].map((p) => ["--all", "--probability", p]),
  ...["0", "1", "9223372036854775807"].map((n) => ["--all", "--times", n]),
  ...["300ms", "1.5h", "2h45m", "1ns", "10us", "10µs", "10μs", "+5s", "1.s", ".5m", "2562047h"].map((d) => [
    "--all",
    "--duration",
    d,
  ]),
];

test.each(uses)("%s %s %s is understood", async (...words) => {
  expect(await lab.load(bundle, ...words)).toSatisfy(refused("select"));
});

test("the bundle and the certificate are demanded", async () => {
  for (const words of [[], ["--all"], [bundle], ["--trust", "x"]]) {
    expect(await lab.run(...words)).toSatisfy(refused("usage"));
  }
});

test("options may come first, and `--` ends them", async () => {
  expect(await lab.run("--all", "--trust", lab.trusted.certificate, "--", bundle)).toSatisfy(
    refused("select"),
  );
});

test("help lists every option of the contract", async () => {
  const { execa } = await import("execa");
  const { stdout } = await execa(lab.program, ["--help"]);
  for (const name of "trust pid tid cgroup comm uid all observe events again set stop probability times duration backend".split(
    " ",
  )) {
    expect(stdout).toContain(`--${name} `);
  }
  expect((await execa(lab.program, ["--version"])).stdout).toMatch(
    /^inject-load \d+\.\d+\.\d+\ngcc \d[^\n]*\nglibc 2\.\d+\nlibbpf 1\.\d+\n/,
  );
});

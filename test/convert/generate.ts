/** Native specs at random, with whatever quoting could go wrong in. */

import type { Random } from "../spec/random.js";

const strings = [
  "bananas",
  "a b",
  "it's",
  'say \\"x\\"',
  "a,b)",
  "((",
  "=>",
  "// no",
  "/* no */",
  "#x",
  ": ",
  "- ",
  "$HOME `id`",
  "\\\\",
  "\\n\\t\\x07\\0",
  "é🍌\u2028",
  "STRCMP(x, y)",
  "%s",
  "'",
  "",
  " ",
];
const atoms = [
  "a",
  "*b",
  "a->b.c[3]",
  "0x10UL",
  "'('",
  "'\\''",
  "'\"'",
  "'#'",
  "(int)a",
  "sizeof(struct x *)",
  "({ int x = 1, *y = &x; x; *y; })",
  "MKDEV(254, 16)",
  "GFP_KERNEL",
  "!~-a",
];
const gaps = [
  "",
  " ",
  "  ",
  "\n",
  "\n  ",
  "\t",
  " /* it's ) a \" comment */ ",
  " // one ' ( line\n",
  " \\\n",
];
const names = ["f", "d_alloc_parallel", "__x64_sys_mount", "f.isra.0", "_x9"];
const parameters = [
  "int a",
  "struct dentry *parent, const struct qstr *name",
  "const char __user *a, int (*b)(int, char *)",
  "int a /* it's ) one */, // two '\n int b",
  "  int a[4]  ",
  "...",
].slice(0, 5);

function predicate(random: Random, depth = 0): string {
  const gap = () => random.pick(gaps);
  const literal = () => `"${random.pick(strings)}"${random.number(8) ? "" : ` "${random.pick(strings)}"`}`;
  const inner = () => predicate(random, depth + 1);
  const choice = depth > 3 ? 0 : random.number(8);
  switch (choice) {
    case 0:
    case 1:
      return `${gap()}${random.pick(atoms)}${gap()}`;
    case 2:
      return `STRCMP${random.pick(["", " ", "\n"])}(${inner()},${gap()}${literal()}${gap()})`;
    case 3:
      return `STRNCMP(${inner()},${gap()}${literal()}, 1)`;
    case 4:
      return `(${inner()})`;
    case 5:
      return `${inner()}?${inner()}:${inner()}`;
    default:
      return `${inner()}${random.pick(["&&", "||", "==", "<<", "%", "^"])}${inner()}`;
  }
}

/** An Injection as a JavaScript object; `hostile` names and comments are only in the file. */
export function generate(random: Random): Record<string, unknown> {
  const maybe = (chance: number) => random.number(chance) === 0;
  const frame = () => ({
    function: random.pick(names),
    ...(maybe(2) ? { parameters: random.pick(parameters) } : {}),
    ...(maybe(2) ? { when: predicate(random) } : {}),
  });
  const fault = random.pick([
    "slab",
    "page",
    "bio",
    "slab",
    "page",
    "bio",
    "syscall:openat",
    "security_file_open",
  ]);
  const isOwn = /^(?:slab|page|bio)$/.test(fault);
  const ownName = { slab: "should_failslab", page: "should_fail_alloc_page", bio: "should_fail_bio" }[fault];
  const own =
    ownName && maybe(4)
      ? [{ function: ownName, parameters: random.pick(parameters), when: predicate(random) }]
      : [];
  const trigger = {
    ...(maybe(2)
      ? { probability: random.pick(["1%", "7%", "33%", "100%", "0.5%", "1e-7", "0.123456789012345"]) }
      : {}),
    ...(maybe(3) ? { times: random.pick([1, 100, 2 ** 32 - 1, 2 ** 40]) } : {}),
    ...(maybe(12) ? { interval: 5 } : {}),
    ...(maybe(12) && isOwn ? { space: 4096 } : {}),
    ...(maybe(8) ? { "once-per-stack": maybe(2) } : {}),
  };
  const target = random.pick([
    {},
    {},
    {},
    { pid: [7] },
    { tid: [8] },
    { pid: [1], comm: ["it's: a"] },
    { cgroup: ["/a b"], uid: [0] },
  ]);
  return {
    apiVersion: "injectc.dev/v1",
    kind: "Injection",
    metadata: {
      name: random.pick(["plain", "Not_dns", "a\nkmalloc 'g()' # x", "it's", "- x: [", "\u0007\u009b"]),
      ...(maybe(4) ? { labels: { app: "it's: #1" }, annotations: { "a/b": "x\ny" } } : {}),
    },
    spec: {
      fault,
      ...(maybe(8) || !isOwn ? { return: random.pick(["ENOMEM", "EIO", "NULL", "true"]) } : {}),
      ...(own.length || maybe(2) ? {} : { when: predicate(random) }),
      callchain: [...Array.from({ length: random.number(4) }, frame), ...own],
      trigger,
      target,
      ...(maybe(3) ? { duration: random.pick(["30s", "1.5h", "1ns", "2562047h47m16.854775807s"]) } : {}),
      ...(maybe(8) ? { proof: { run: "cat '/tmp/x' # it's\nls\n", attached: "EIO" } } : {}),
    },
  };
}

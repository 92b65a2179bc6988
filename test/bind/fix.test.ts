/** What diagnostics tell to write instead: written there word by word, it binds. */

import { expect, test } from "vitest";
import type { Diagnostic } from "../../src/diagnostic.js";
import { bindText, framed, injection, profile } from "./spec.js";

const kernel = await profile("lab-6.12");

/** The text in a help's quotes, which is to stand at the diagnostic's place. */
const fixes =
  /(?:did you mean|^write|put it in quotes:|a list of one:|single quotes:|double quotes:|is|stands for) `(.+)`\??$|^here `([^`]+)` is/;

/** The specs that the first diagnostic's help makes of the text. */
function mended(text: string, [first]: readonly Diagnostic[]): string[] {
  const { start, end } = first!.span!;
  return first!.help.flatMap((help) => {
    const [, written, other] = fixes.exec(help) ?? [];
    const fix = written ?? other;
    return fix === undefined ? [] : [text.slice(0, start) + fix + text.slice(end)];
  });
}

const predicates = [
  "name->lem == 1",
  "nane->len == 1",
  "name->len == ENOMMEM",
  "name->len == MIGRATE_MOVABL",
  "name->len == GFP_NOI",
  "name->len == TRUE",
  "name == nullptr",
  "parent->d_inode->i_mode == S_IFDIR",
  "((struct dentri *)parent)->d_flags == 1",
  "((dentry *)parent)->d_flags == 1",
  "((const enum dentry *)parent)->d_flags == 1",
  "(struct fmode_t)parent->d_flags == 1",
  "((struct sock *)parent)->sk_dport == 80",
  "((struct sock *)parent)->sk_protocal == 6",
  "((struct bio *)parent)->bi_sector == 128",
  "STRCMPP(name->name, 'x')",
];

const specs: readonly Record<string, unknown>[] = [
  ...predicates.map((when) => ({ fault: "slab", callchain: [{ function: "d_alloc_parallel", when }] })),
  ...["d_alloc_paralel", "do_fork", "btrfs_mount", "printk", "sys_opena"].map((name) => ({
    fault: "slab",
    callchain: [{ function: name }],
  })),
  ...["parent", "struct dentry *p, name", "dentry *parent"].map((parameters) => ({
    fault: "slab",
    callchain: [{ function: "d_alloc_parallel", parameters }],
  })),
  ...["slap", "kmalloc", "alloc_page", "should_failslob"].map((fault) => ({ fault })),
  ...["openat", "syscall:opena", "security_file_opem"].map((fault) => ({ fault, return: "EIO" })),
  ...["-ENOMEM", "12", "enomem", "ENOMEN"].map((value) => ({ fault: "slab", return: value })),
  ...[{ probability: 10 }, { probability: "10" }].map((trigger) => ({
    fault: "slab",
    trigger,
  })),
  ...[{ comm: "cat" }, { comm: [1] }, { comn: ["cat"] }].map((target) => ({ fault: "slab", target })),
];

test.each(specs.map((spec) => [spec]))("%o", (spec) => {
  const text = injection(spec).replaceAll("'x'", '\\"x\\"');
  const wrong = bindText(text, [kernel]);
  expect(wrong.ok).toBe(false);
  const better = mended(text, wrong.diagnostics);
  expect(better).toHaveLength(1);
  expect(bindText(better[0]!, [kernel])).toMatchObject({ ok: true });
});

/** Macros, and what a whole call of each is told to be, inside of what binds tighter. */
test.each([
  ["!IS_ERR(parent)", "IS_ERR", "p"],
  ["IS_ERR_OR_NULL(parent) && name->len", "IS_ERR_OR_NULL", "p"],
  ["BIT(3) + 1 == name->len", "BIT", "n"],
  ["!S_ISDIR(parent->d_inode->i_mode)", "S_ISDIR", "m"],
  ["name->len % ARRAY_SIZE(parent->d_iname) == 1", "ARRAY_SIZE", "a"],
  ["atomic_read(&parent->d_sb->s_active) == 1", "atomic_read", "v"],
])("%s", (predicate, macro, parameter) => {
  const told = bindText(framed(predicate), [kernel]).diagnostics[0]!.help[0]!;
  const meaning = / is `(.+)`$/.exec(told)![1]!;
  const fixed = predicate.replace(new RegExp(`${macro}\\(([^()]*)\\)`), (_call, argument: string) =>
    meaning.replace(new RegExp(`\\b${parameter}\\b`, "g"), argument),
  );
  expect(bindText(framed(fixed), [kernel])).toMatchObject({ ok: true, diagnostics: [] });
  // Its brackets keep it together wherever it stands.
  expect(meaning).toMatch(/^\(.*\)$|->counter$/);
});

import { describe, expect, it } from "vitest";
import { spanText, wholeFragment } from "../../../src/source.js";
import { parsePredicate } from "../../../src/spec/c/parse.js";
import type { Expression } from "../../../src/spec/expr.js";
import { type Random, seeded } from "../random.js";
import { print } from "./print.js";

function parse(text: string, variables: readonly string[] = []): Expression {
  const parsed = parsePredicate(wholeFragment({ name: "t", text }), variables);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.diagnostics.map((d) => d.message).join("; ")}`);
  return parsed.value.expression;
}

const trees: readonly (readonly [text: string, tree: string])[] = [
  ["a * b + c", "((a * b) + c)"],
  ["a + b * c", "(a + (b * c))"],
  ["a - b - c", "((a - b) - c)"],
  ["a << 1 + b", "(a << (1 + b))"],
  ["a < b == c > d", "((a < b) == (c > d))"],
  ["a & b == c", "(a & (b == c))"],
  ["a | b ^ c & d", "(a | (b ^ (c & d)))"],
  ["a || b && c | d", "(a || (b && (c | d)))"],
  ["a ? b : c ? d : e", "(a ? b : (c ? d : e))"],
  ["a ? b ? c : d : e", "(a ? (b ? c : d) : e)"],
  ["a || b ? c : d || e", "((a || b) ? c : (d || e))"],
  ["!a && ~b", "((!a) && (~b))"],
  ["- -a - +b", "((-(-a)) - (+b))"],
  ["*p->q", "(*(p->q))"],
  ["&a[1]", "(&(a[1]))"],
  ["a.b->c[d + 1].e", "((((a.b)->c)[(d + 1)]).e)"],
  ["(a + b) * c", "((a + b) * c)"],
  ["((a))", "a"],
  ["a&&b", "(a && b)"],
  ["a & &b", "(a & (&b))"],
  ["0x1fUL + 017 + 0b101 + 1LLu + 0", "((((31ul + 15) + 5) + 1ull) + 0)"],
  ["'a' + '\\n' + '\\0' + '\\xff' + '\\''", "(((('97' + '10') + '0') + '255') + '39')"],
  [`f("a\\tb" "c\\x41" /* adjacent */ "d")`, `f("a\\tbcAd")`],
  [`f("\\101\\u00e9\\?\\e")`, JSON.stringify("A\u00c3\u00a9?\u001b").replace(/^/, "f(").replace(/$/, ")")],
  [`f("🍌")`, JSON.stringify(Buffer.from("🍌").toString("latin1")).replace(/^/, "f(").replace(/$/, ")")],
  ["f()", "f()"],
  ['STRNCMP(name->name, "x", 8)', 'STRNCMP((name->name), "x", 8)'],
  ["a // to the end\n+ b /* here */ + c", "((a + b) + c)"],
  ["a \\\n + b", "(a + b)"],
  ["sizeof a + 1", "((sizeof a) + 1)"],
  ["sizeof(struct qstr)", "sizeof(struct qstr)"],
  ["sizeof(struct qstr) * 2", "(sizeof(struct qstr) * 2)"],
  ["sizeof(unsigned long)", "sizeof(unsigned long)"],
  ["sizeof (size_t)", "sizeof(size_t)"],
  ["sizeof (a)->b", "(sizeof (a->b))"],
  ["sizeof sizeof a", "(sizeof (sizeof a))"],
  ["sizeof -a", "(sizeof (-a))"],
  ["(u32)a + b", "(((u32)a) + b)"],
  ["(u32)(a + b)", "((u32)(a + b))"],
  ["(u32)-1", "((u32)(-1))"],
  ["(u32)*p", "((u32)(*p))"],
  ["(flags) & 1", "(flags & 1)"],
  ["(flags) - 1", "(flags - 1)"],
  ["(foo)a", "((foo)a)"],
  ["(foo)(a)", "((foo)a)"],
  ["(foo)!a", "((foo)(!a))"],
  ["(foo)~a", "((foo)(~a))"],
  ['(foo)"s"', '((foo)"s")'],
  ["(foo *)a", "((foo*)a)"],
  ["(foo *)*a", "((foo*)(*a))"],
  ["(const foo)-a", "((foo)(-a))"],
  ["(const char __user *)a", "((user char*)a)"],
  ["(struct hd_struct **)a", "((struct hd_struct**)a)"],
  ["(int (*)(void *, int))a", "((int()*)a)"],
  ["(int (*[3])(void))a", "((int()*[3])a)"],
  ["(long unsigned int)a", "((unsigned long)a)"],
  ["(u8)(u16)a", "((u8)((u16)a))"],
  ["(a)[1]", "(a[1])"],
  ["(a[3]) + 1", "((a[3]) + 1)"],
  ["({ a; })", "({ a; })"],
  ["({ int x = 1; x; })", "({ int x = 1; x; })"],
  [
    "({ struct a *p = q, *r = p; f(p); r->x; }) == 2",
    "(({ struct a* p = q; struct a* r = p; f(p); (r->x); }) == 2)",
  ],
  ["({ u32 x = ({ int y = 2; y; }); x * x; })", "({ u32 x = ({ int y = 2; y; }); (x * x); })"],
  ["({ a * b; })", "({ (a * b); })"],
  ["({ const char *s = p; s == q; })", "({ char* s = p; (s == q); })"],
  ["NULL == p", "(NULL == p)"],
];

describe("predicate", () => {
  it.each(trees)("parses %s", (text, tree) => {
    expect(print(parse(text))).toBe(tree);
  });

  it("takes a type's name that is a variable for the variable", () => {
    expect(print(parse("(dev_t) & 1", ["dev_t"]))).toBe("(dev_t & 1)");
    expect(print(parse("(dev_t) & 1"))).toBe("((dev_t)(&1))");
    expect(print(parse("sizeof (dev_t)", ["dev_t"]))).toBe("(sizeof dev_t)");
  });

  it("takes bcc's documented predicate as it stands", () => {
    const text = `(({struct gendisk *d = bio->bi_disk;
struct disk_part_tbl *tbl = d->part_tbl; struct hd_struct **parts = (void *)tbl +
sizeof(struct disk_part_tbl); struct hd_struct **partp = parts + bio->bi_partno;
struct hd_struct *p = *partp; dev_t disk = p->__dev.devt; disk ==
MKDEV(254,16);}) && bio->bi_iter.bi_sector == 128)`;
    expect(print(parse(text))).toContain(
      "struct hd_struct** parts = (((void*)tbl) + sizeof(struct disk_part_tbl));",
    );
  });

  it("gives each node the place of its own text", () => {
    const root = parse(" (a + b) * f( c->d , 1 ) ");
    const texts: string[] = [];
    const walk = (e: Expression) => {
      texts.push(spanText(e.span));
      if (e.kind === "binary") [e.left, e.right].forEach(walk);
      if (e.kind === "call") e.arguments.forEach(walk);
    };
    walk(root);
    expect(texts).toEqual(["(a + b) * f( c->d , 1 )", "a + b", "a", "b", "f( c->d , 1 )", "c->d", "1"]);
    expect(root.kind === "binary" && spanText(root.operatorSpan)).toBe("*");
  });

  it("groups operators as JavaScript does, whose precedences are C's", () => {
    for (let seed = 1; seed <= 500; seed++) {
      const random = seeded(seed);
      const text = randomExpression(random, 4);
      const values = Array.from("abcd", () => random.number(9) - 4);
      const evaluate = (source: string) =>
        Function(...Array.from("abcd"), `return Number(${source})`)(...values);
      expect(evaluate(print(parse(text))), text).toBe(evaluate(text));
    }
  });
});

const operators = [
  "*",
  "/",
  "%",
  "+",
  "-",
  "<<",
  ">>",
  "<",
  ">",
  "<=",
  ">=",
  "==",
  "!=",
  "&",
  "^",
  "|",
  "&&",
  "||",
];

function randomExpression(random: Random, depth: number): string {
  const inner = () => randomExpression(random, depth - 1);
  const choice = depth === 0 ? 0 : random.number(9);
  if (choice < 1) return random.pick(["a", "b", "c", "d", "1", "2", "7"]);
  if (choice < 6) return `${inner()} ${random.pick(operators)} ${inner()}`;
  if (choice < 7)
    return `${random.pick(["!", "~", "- ", "+ "])}${random.pick(["a", "b", "(a)", `(${inner()})`])}`;
  if (choice < 8) return `${inner()} ? ${inner()} : ${inner()}`;
  return `(${inner()})`;
}

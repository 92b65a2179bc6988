import { expect, test } from "vitest";
import { bindText, framed, injection, profile, told } from "./spec.js";

const kernel = await profile("lab-6.12");

/** What each predicate over d_alloc_parallel(parent, name) is told; nothing: it binds. */
const rows: readonly [predicate: string, ...told: string[]][] = [
  ["true", "constant-predicate: true"],
  ["1 + 1 == 3", "constant-predicate: 1 + 1 == 3"],
  ["name->len == 7"],
  ["name->name[0] == 'b' && name->len < sizeof(struct qstr)"],
  ["parent->d_inode->i_ino == 42"],
  ["parent->d_inode->i_sb->s_flags & 1"],
  ["(parent->d_flags >> 3) % 7 == 2"],
  ["parent->d_inode->i_mode == 0 ? name->len : name->hash"],
  ["parent->d_sb->s_dev == MKDEV(8, 1)"],
  ["MAJOR(parent->d_sb->s_dev) == 8 || MINOR(parent->d_sb->s_dev) > 1"],
  ["({ struct inode *i = parent->d_inode; i && i->i_ino > 2; })"],
  ["((struct inode *)parent->d_fsdata)->i_ino == 1"],
  ["*(unsigned long *)parent == 0"],
  ["&parent->d_lockref != NULL"],
  ["(unsigned long)parent % 64 == 0"],
  ["parent == NULL || parent->d_parent == parent"],
  ["parent->d_inode->i_uid.val == 0"],
  ["*parent->d_iname == 'b'"],
  ["0[name->name] == 'b' && 3[parent->d_iname] && &1[&parent->d_iname] != NULL"],
  ["(name->len & 1)[parent].d_flags == 1"],
  ["parent[name]", "bad-operand: name"],
  ["3[name->len]", "not-a-pointer: 3"],
  ["3[parent->d_fsdata]", "incomplete-type: parent->d_fsdata"],
  ["sizeof(int[3]) == 12 && sizeof(char *[2][2]) == 32 && name->len"],
  ["(name->len ? parent : (void *)name) == NULL"],
  ["(name->len ? parent : name) == NULL", "bad-operand: name"],
  ["(name->len ? parent : (void *)name)->d_flags", "incomplete-type: name->len ? parent : (void *)name"],
  ["(__int128)name->len == 1", "unsupported-type: __int128"],
  ["({ __int128 x = name->len; x == 1; })", "unsupported-type: name->len"],
  ["*&parent->d_iname == parent->d_iname", "pointer-strings: =="],
  ["'\\xff' == 255", "constant-predicate: '\\xff' == 255"],
  ["parent - (struct dentry *)0 > 3"],
  ["parent->d_lockref.count == 1"],
  ["-ENOMEM == -12 && name->len"],
  ['STRCMP(name->name, "bananas")'],
  ['STRNCMP(name->name, "bananas", 8)'],
  ['STRPREFIX(name->name, "ban") || STRSTR(name->name, "nan")'],
  ["exists(name->len) && name->len"],
  ["exists(name->nope) && name->nope == 1", "constant-predicate: exists(name->nope) && name->nope == 1"],
  [
    "exists(parent->d_iname[({ int name = 1; name; })]) || parent",
    "shadowed-name: name",
    "constant-predicate: exists(parent->d_iname[({ int name = 1; name; })]) || parent",
  ],
  ["exists(name->nope) ? name->nope : name->len"],
  ["({ struct qstr q = *name; q.len == 3; })", "bad-operand: *name"],
  ["((struct dentry *)((char *)name - (unsigned long)&((struct dentry *)0)->d_name))->d_flags & 1"],
  ["name->nam", "no-such-field: nam"],
  ["name->nam == 1 && parent->d_inod", "no-such-field: nam", "no-such-field: d_inod"],
  ["nam->name == 0", "no-such-name: nam"],
  ["STRLEN(name->name) == 3", "not-callable: STRLEN"],
  ['STRCMP(name->len, "x")', "bad-arguments: name->len"],
  ['STRCMP("x", name->name)', 'bad-arguments: "x"', "bad-arguments: name->name"],
  ["STRCMP(name->name, name->name)", "bad-arguments: name->name"],
  ["STRCMP(name->name)", "bad-arguments: STRCMP(name->name)"],
  ['STRNCMP(name->name, "x", 0)', "bad-arguments: 0"],
  ['STRNCMP(name->name, "x", 3)', "bad-arguments: 3"],
  ['STRNCMP(name->name, "x", name->len)', "bad-arguments: name->len"],
  ['name->name == "bananas"', 'string-as-value: "bananas"'],
  ["name->name == parent->d_iname", "pointer-strings: =="],
  ["parent == 1", "pointer-with-integer: =="],
  ["name.len == 1", "not-a-record: name"],
  ["parent->d_lockref->count == 1", "not-a-pointer: parent->d_lockref"],
  ["name->len->x", "not-a-pointer: name->len"],
  ["*name->len", "not-a-pointer: name->len"],
  ["parent->d_lockref", "bad-operand: parent->d_lockref"],
  ["parent + parent", "bad-operand: parent"],
  ["parent - name > 0", "bad-operand: name"],
  ["parent - (void *)name > 0", "bad-operand: (void *)name"],
  ["(int *)parent - (unsigned *)name > 0"],
  ["parent == name", "unlike-pointers: =="],
  ["parent < (struct inode *)name", "unlike-pointers: <"],
  ["parent == (void *)name || (int *)parent == (unsigned *)name || parent == (struct inode *)0"],
  ["parent * 2", "bad-operand: parent"],
  ["-parent", "bad-operand: parent"],
  ["!parent->d_lockref", "bad-operand: parent->d_lockref"],
  ["&name->len[0] == 0", "not-a-pointer: name->len"],
  ["((struct nope *)parent)->x", "no-such-type: struct nope"],
  ["((struct dentri *)parent)->d_flags", "no-such-type: struct dentri"],
  ["*(void *)parent", "incomplete-type: (void *)parent"],
  ["name->len << 32", "bad-shift: 32"],
  ["name->len >> -1", "bad-shift: -1"],
  ["name->len / 0", "division-by-zero: 0"],
  ["name->len % (2 - 2)", "division-by-zero: 2 - 2"],
  ["18446744073709551616 == 0", "integer-too-large: 18446744073709551616"],
  ["sizeof(int[1][9007199254740991]) == 1", "unsupported-type: int[1][9007199254740991]"],
  [
    "sizeof(int[2251799813685247]) > name->len",
    "constant-comparison: sizeof(int[2251799813685247]) > name->len",
  ],
  [`((char (*)[${"9".repeat(400)}])parent)[1][0] == 1`, `unsupported-type: char (*)[${"9".repeat(400)}]`],
  ["({ unsigned n = n; n == 1; })", "own-initializer: n"],
  ["({ struct qstr *name = name; name->len == 1; })", "own-initializer: name"],
  ["({ int n = ({ int m = n; int n = m; n; }); n == name->len; })", "own-initializer: n"],
  ["({ int n = ({ int n = name->len; n; }); n == 1; })"],
  ["(&parent->d_u)[0].d_in_lookup_hash.next == 0 && &0[&parent->d_u] != NULL"],
  ["(&parent->d_u)[1].d_in_lookup_hash.next == 0", "unnamed-type: &parent->d_u"],
  ["== 1", "syntax: =="],
  ["(int char)name->len", "no-such-type: int char"],
  ["(signed unsigned)name->len", "no-such-type: signed unsigned"],
  ["(signed void *)parent == name", "no-such-type: signed void"],
  [
    "(long int unsigned long)name->len == (signed char)1 + (signed __int128)1",
    "unsupported-type: signed __int128",
  ],
  ["sizeof(float) == 4 && sizeof(double) == 2 * sizeof(float) && name->len"],
  ["(float)name->len", "unsupported-type: float"],
  [
    "&((struct sock *)parent)->sk_no_check_tx == NULL",
    "bad-operand: ((struct sock *)parent)->sk_no_check_tx",
  ],
  [
    "sizeof(((struct sock *)parent)->sk_no_check_tx) == 1",
    "bad-operand: ((struct sock *)parent)->sk_no_check_tx",
  ],
];

test.each(rows)("%s", (predicate, ...expected) => {
  expect(told(bindText(framed(predicate), [kernel]))).toEqual(expected);
});

const parameterRows: readonly [parameters: string, ...told: string[]][] = [
  ["struct dentry *parent, const struct qstr *name"],
  ["struct dentry *p"],
  // A name that generated C may not use; it was once looked for without end.
  ["struct dentry *bpf_x, struct qstr *divide"],
  ["void *p, void *n"],
  ["struct dentry *, struct qstr *n"],
  [
    "struct qstr *name, struct dentry *parent",
    "parameter-mismatch: struct qstr *name",
    "parameter-mismatch: struct dentry *parent",
  ],
  ["int p", "parameter-mismatch: int p"],
  ["struct dentry *name, struct qstr *parent", "swapped-names: name", "swapped-names: parent"],
  ["struct dentry *a, struct qstr *b, void *c, int d", "too-many-parameters: int d"],
  ["struct dentri *a", "no-such-type: struct dentri"],
  ["parent, struct qstr *name", "untyped-parameter: parent"],
  ["struct dentry *, dentry", "untyped-parameter: dentry"],
  ["dentry *p", "no-such-type: dentry"],
  ["gfp_t", "parameter-mismatch: gfp_t"],
  [
    "a, b, c, d",
    "too-many-parameters: d",
    "untyped-parameter: a",
    "untyped-parameter: b",
    "untyped-parameter: c",
  ],
];

test.each(parameterRows)("parameters: %s", (parameters, ...expected) => {
  const text = injection({ fault: "slab", callchain: [{ function: "d_alloc_parallel", parameters }] });
  expect(told(bindText(text, [kernel]))).toEqual(expected);
});

const faultRows: readonly [spec: Record<string, unknown>, ...told: string[]][] = [
  [{ fault: "slab" }],
  [{ fault: "slab", return: "EIO" }],
  [{ fault: "slab", return: "NULL" }, "bad-return: NULL"],
  [{ fault: "slab", return: "ENOPE" }, "unknown-errno: ENOPE"],
  [{ fault: "page" }],
  [{ fault: "page", when: "gfp_mask & __GFP_DIRECT_RECLAIM && order > 0" }],
  [{ fault: "page", when: "gfp_mask & __GFP_NOPE" }, "no-such-name: __GFP_NOPE"],
  [{ fault: "bio", when: "bio->bi_iter.bi_size > 4096" }],
  [{ fault: "security_file_open", return: "EIO" }],
  [{ fault: "security_file_open" }, "return-required: security_file_open"],
  [{ fault: "d_alloc_parallel", return: "ENOMEM" }, "not-injectable: d_alloc_parallel"],
  [{ fault: "should_failslob", return: "ENOMEM" }, "no-such-function: should_failslob"],
  [{ fault: "syscall:openat", return: "EIO" }],
  [{ fault: "syscall:nope", return: "EIO" }, "syscall-fault: syscall:nope"],
  [{ fault: "slab", callchain: [{ function: "d_alloc_paralel" }] }, "no-such-function: d_alloc_paralel"],
];

test.each(faultRows)("%o", (spec, ...expected) => {
  expect(told(bindText(injection(spec), [kernel]))).toEqual(expected);
});

test.each([
  ["IS_ERR(parent)", "`IS_ERR(p)` is `((unsigned long)p >= -4095UL)`"],
  ["S_ISDIR(parent->d_inode->i_mode)", "`S_ISDIR(m)` is `((m & 0170000) == 0040000)`"],
  ['strcmp(name->name, "a") == 0', "`strcmp(p, t)` is `!STRCMP(p, t)`"],
  ['STRCMPP(name->name, "a")', "did you mean `STRCMP`?"],
])("%s: %s", (predicate, help) => {
  expect(bindText(framed(predicate), [kernel]).diagnostics[0]?.help[0]).toEqual(help);
});

test.each([
  [
    "name->len == MIGRATE_MOVABL",
    "did you mean `MIGRATE_MOVABLE`?",
    "the kernel's macros stand in none of its types: write the value",
  ],
  [
    "((struct sock *)parent)->sk_dport == 80",
    "it is a macro of the kernel's sources, which stands for `__sk_common.skc_dport`",
  ],
  [
    "parent->d_lock.rlock.raw_lock.val.counter == 0",
    "it is a macro of the kernel's sources, which stands for `d_lockref.lock`",
  ],
  ["((struct sock *)parent)->sk_protocal == 6", "did you mean `sk_protocol`?"],
  ["((struct bio *)parent)->bi_sector == 128", "did you mean `bi_iter.bi_sector`?"],
  ["parent->d_alias.next == NULL", "did you mean `d_u.d_alias`?"],
  // Several have one.
  ["parent->next == NULL"],
  ["STRNCMP(name->name, bananas, 3)", "a string literal stands in double quotes"],
  ["name->len & O_DIRECT", "the kernel's macros stand in none of its types: write the value"],
  ["name->len == ENOMMEM", "did you mean `ENOMEM`?"],
  ["name->len == S_IFMT", "`S_IFMT` is `0170000`"],
  ["name->len == TRUE", "did you mean `true`?"],
  ["name == nullptr", "did you mean `NULL`?"],
  ["current->pid == 1", "the task is chosen by its pid, name, cgroup or user: see `target`"],
  [
    'name->name[0] == "b"',
    'compare texts with STRCMP(p, "…")',
    "a single byte stands in single quotes: `'b'`",
  ],
  ['name->name[0] == "é"', 'compare texts with STRCMP(p, "…")'],
  ['name->name[0] == "\'"', 'compare texts with STRCMP(p, "…")'],
  ["name->len & 4 == 4", "if the bits are to be compared: `(name->len & 4) == 4`"],
  ["4 == name->len & 4", "if the bits are to be compared: `4 == (name->len & 4)`"],
  ["name->len == 4 | name->len == 5"],
  ["nane->len == 1", "did you mean `name`?"],
  ["other->len == 1", "the parameters are: parent, name, wq"],
])("%s: %s", (predicate, ...help) => {
  expect(bindText(framed(predicate), [kernel]).diagnostics[0]?.help).toEqual(help);
});

/** What is said, where there is more to it than the place. */
const messages: readonly [predicate: string, message: string][] = [
  ["({ int n = parent; n; })", "`=` between the pointer `struct dentry *` and the integer `int`"],
  ["({ void *p = 1; p; })", "`=` between the pointer `void *` and the integer `int`"],
  ["sizeof(void) == 1", "`void` has no size and no value that could be read"],
  ["*parent->d_op->d_init", "a function has no size and no value that could be read"],
  ["(float)name->len", "values of type `float` cannot be used in a predicate"],
];

test.each(messages)("%s: %s", (predicate, message) => {
  expect(bindText(framed(predicate), [kernel]).diagnostics.map((d) => d.message)).toEqual([message]);
});

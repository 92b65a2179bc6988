/** Specs at the edge of what clang and the verifier bear, of which each was refused once or might have been. */

const long = "x".repeat(255);
const many = (count: number, piece: (i: number) => string, joint: string) =>
  Array.from({ length: count }, (_, i) => piece(i)).join(joint);

/** Predicates on `d_alloc_parallel(struct dentry *parent, const struct qstr *name)`. */
const predicates: readonly string[] = [
  // C gives these no meaning, and clang makes nothing of what it knows to have none.
  "name->len << ({ int n = 40; n; }) || name->hash",
  "name->len / ({ unsigned int n = 0; n; }) == 3",
  "(int)name->len % ({ int n = 0; n; }) == 3 || name->hash == 1",
  // Pointers that clang knows to be constants.
  "({ struct dentry *p = NULL; p->d_flags; })",
  "({ struct dentry *p = (struct dentry *)16; p->d_flags == 1 && p->d_inode->i_ino; })",
  "!parent && parent->d_flags",
  "parent == (struct dentry *)4096 && parent->d_inode->i_ino",
  "!((name->len * 3 & 1) ? (struct dentry *)2 : parent)",
  "({ int n = parent->d_inode != 0; n ? 0 : parent->d_inode->i_flags; })",
  // Pointers that a program computes with although, by their types, it follows them.
  "({ void *p = parent; (struct dentry *)p - name->hash == parent; })",
  "*({ long x = 8; &name->len; }) == 3",
  // BPF's stack.
  `STRCMP(name->name, "${long}") || STRSTR(name->name, "${long}")`,
  `STRSTR(name->name, "ab") || STRSTR(parent->d_name.name, "cd") || STRCMP(name->name, "${long}")`,
  // Length.
  many(40, (i) => `name->len == ${i} && parent->d_flags & ${i}`, " || "),
  many(25, (i) => `STRCMP(name->name, "abcdef${i}")`, " || "),
  many(12, (i) => `STRSTR(name->name, "abcdef${i}")`, " || "),
  `({ u64 x0 = name->hash; ${many(40, (i) => `u64 x${i + 1} = x${i} * name->len + parent->d_time;`, " ")} x40 ^ x20; })`,
  `parent->${"d_parent->".repeat(12)}d_flags == 1`,
  // Places that CO-RE does not reach, and those that only look so.
  "((struct task_struct *)parent)->comm[20] == 1 || ((struct task_struct *)parent)->comm[-1]",
  "(&(&name->name)[0])[1] == name->name",
  "parent->d_sb->s_id[parent->d_time] == 'x'",
  "&parent->d_sb->s_id == NULL || (&parent->d_sb->s_id)[1] == &parent->d_sb->s_id || (*(&parent->d_sb->s_id + 1))[3]",
  "&((struct ifa6_config *)parent)->peer_pfx->in6_u == NULL",
  "((struct perf_event *)parent)->ctx == NULL && ((struct perf_event *)parent)->attr.exclude_kernel",
];

const functions = ["d_alloc_parallel", "path_openat", "vfs_open"] as const;
const sixteen = (frame: (i: number) => Record<string, unknown>) => ({
  fault: "slab",
  callchain: Array.from({ length: 16 }, (_, i) => frame(i)),
  trigger: { space: 4096, times: 5, interval: 3, "once-per-stack": true },
});

const chains: readonly Record<string, unknown>[] = [
  sixteen((i) => ({ function: functions[i % 3] })),
  sixteen((i) => ({
    function: "d_alloc_parallel",
    when: `STRSTR(name->name, "a${i}b") && name->len > ${i}`,
  })),
  sixteen((i) => ({
    function: "d_alloc_parallel",
    when: `STRSTR(name->name, "${"aaaab".repeat(40)}") || name->len == ${i}`,
  })),
  // An array of a struct of which nothing is read, and a field too far behind its struct's start for one instruction.
  {
    fault: "slab",
    callchain: [
      { function: "free_sched_domains", when: "doms" },
      { function: "hid_parser_main", when: "parser->device->vendor == 7 || parser->scan_flags" },
    ],
  },
  // Functions that no trampoline can be put into.
  { fault: "slab", callchain: [{ function: "do_exit", when: "code == 1" }, { function: "vfs_open" }] },
];

/** Native specs that bind to every lab kernel. */
export const extremes: readonly string[] = [
  ...predicates.map((when) => ({ fault: "slab", callchain: [{ function: "d_alloc_parallel", when }] })),
  ...chains,
].map((spec) =>
  JSON.stringify({ apiVersion: "injectc.dev/v1", kind: "Injection", metadata: { name: "extreme" }, spec }),
);

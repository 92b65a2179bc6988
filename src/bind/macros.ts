/** What the kernel's function-like macros stand for: they are in no BTF, and predicates cannot call them. */

const isError = "(unsigned long)p >= -4095UL";
const fileType = (bits: string) => ["m", `(m & 0170000) == ${bits}`] as const;

/** The argument's name, and what to write instead (include/linux/{err,compiler,bits,stat,fs,atomic}.h). */
const meanings: Readonly<Record<string, readonly [argument: string, meaning: string]>> = {
  likely: ["x", "x"],
  unlikely: ["x", "x"],
  IS_ERR: ["p", isError],
  IS_ERR_VALUE: ["p", isError],
  IS_ERR_OR_NULL: ["p", `!p || ${isError}`],
  PTR_ERR: ["p", "(long)p"],
  BIT: ["n", "1UL << n"],
  ARRAY_SIZE: ["a", "sizeof(a) / sizeof(a[0])"],
  S_ISSOCK: fileType("0140000"),
  S_ISLNK: fileType("0120000"),
  S_ISREG: fileType("0100000"),
  S_ISBLK: fileType("0060000"),
  S_ISDIR: fileType("0040000"),
  S_ISCHR: fileType("0020000"),
  S_ISFIFO: fileType("0010000"),
  atomic_read: ["v", "(v)->counter"],
  file_inode: ["f", "f->f_inode"],
  d_inode: ["d", "d->d_inode"],
  strcmp: ["p, t", "!STRCMP(p, t)"],
  strncmp: ["p, t, n", "!STRNCMP(p, t, n)"],
};

/** How a predicate says it, if the name is one of these. */
export function macroHelp(name: string): string[] {
  const [argument, meaning] = (Object.hasOwn(meanings, name) && meanings[name]) || [];
  return meaning ? [`\`${name}(${argument})\` is \`${meaning}\``] : [];
}

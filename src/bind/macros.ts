/** What the kernel's function-like macros stand for: they are in no BTF, and predicates cannot call them. */

const isError = "(unsigned long)p >= -4095UL";
const fileType = (bits: string) => ["m", `((m & 0170000) == ${bits})`] as const;

/** The argument's name, and what to write instead (include/linux/{err,compiler,bits,stat,fs,atomic}.h). */
const meanings: Readonly<Record<string, readonly [argument: string, meaning: string]>> = {
  likely: ["x", "x"],
  unlikely: ["x", "x"],
  IS_ERR: ["p", `(${isError})`],
  IS_ERR_VALUE: ["p", `(${isError})`],
  IS_ERR_OR_NULL: ["p", `(!p || ${isError})`],
  PTR_ERR: ["p", "(long)p"],
  BIT: ["n", "(1UL << n)"],
  ARRAY_SIZE: ["a", "(sizeof(a) / sizeof(a[0]))"],
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

/** Macros that are numbers, the same on all architectures, by the headers that have them, of include/uapi mostly. */
export const values: ReadonlyMap<string, string> = new Map(
  [
    // linux/stat.h
    "S_IFMT=0170000 S_IFSOCK=0140000 S_IFLNK=0120000 S_IFREG=0100000 S_IFBLK=0060000 S_IFDIR=0040000 S_IFCHR=0020000",
    "S_IFIFO=0010000 S_ISUID=04000 S_ISGID=02000 S_ISVTX=01000 S_IRUSR=0400 S_IWUSR=0200 S_IXUSR=0100",
    // asm-generic/fcntl.h, linux/fcntl.h
    "O_ACCMODE=3 O_RDONLY=0 O_WRONLY=1 O_RDWR=2 O_CREAT=0100 O_EXCL=0200 O_TRUNC=01000 O_APPEND=02000 O_NONBLOCK=04000",
    "O_CLOEXEC=02000000 AT_FDCWD=-100",
    // asm-generic/mman-common.h, linux/mman.h
    "PROT_READ=1 PROT_WRITE=2 PROT_EXEC=4 MAP_SHARED=1 MAP_PRIVATE=2 MAP_FIXED=0x10 MAP_ANONYMOUS=0x20",
    // linux/mount.h
    "MS_RDONLY=1 MS_NOSUID=2 MS_REMOUNT=32 MS_BIND=4096",
    // The kernel's own linux/socket.h
    "AF_UNIX=1 AF_INET=2 AF_INET6=10 AF_NETLINK=16 AF_PACKET=17",
    // linux/limits.h, and the kernel's own
    "PATH_MAX=4096 NAME_MAX=255 INT_MAX=0x7fffffff UINT_MAX=0xffffffff LONG_MAX=0x7fffffffffffffff ULONG_MAX=~0UL",
  ].flatMap((row) => row.split(" ").map((pair) => pair.split("=") as [string, string])),
);

/** What to write for the name of a number, if it is one of these. */
export function valueHelp(name: string): string[] {
  if (name === "nullptr") return ["did you mean `NULL`?"];
  if (name === "current") return ["the task is chosen by its pid, name, cgroup or user: see `target`"];
  const value = values.get(name);
  return value ? [`\`${name}\` is \`${value}\``] : [];
}

/** How a predicate says it, if the name is one of these. */
export function macroHelp(name: string): string[] {
  const [argument, meaning] = (Object.hasOwn(meanings, name) && meanings[name]) || [];
  return meaning ? [`\`${name}(${argument})\` is \`${meaning}\``] : [];
}

/** What a task does to a file so that a kernel function comes to run: a table. */

export interface Deed {
  /** As in "open bananas". */
  readonly verb: string;
  /** Shell that makes "$1" ready, once; and shell that does it and leaves all as it was. No output when all is well. */
  readonly prepare: string;
  readonly attempt: string;
}

const file = 'echo injectc >"$1"';
const folder = 'mkdir "$1"';

/** Opens by the shell itself: it needs no new process, which a fault might keep from coming up. */
export const openFile: Deed = { verb: "open", prepare: file, attempt: 'read -r line <"$1"' };

export const writeFile: Deed = { verb: "write", prepare: file, attempt: 'echo injectc >"$1"' };

/** Past the page cache, so that each attempt is a bio. */
export const readDirectly: Deed = {
  verb: "read",
  prepare: "",
  attempt: 'dd if="$1" of=/dev/null iflag=direct bs=4096 count=1',
};

/** The first row whose pattern a function's name has is the one; `dir` rows come before what their names contain. */
const rows: readonly { readonly of: RegExp; readonly deed: Deed }[] = [
  { of: /mkdir/, deed: { verb: "mkdir", prepare: "", attempt: 'mkdir "$1" && rmdir "$1"' } },
  { of: /rmdir/, deed: { verb: "rmdir", prepare: folder, attempt: 'rmdir "$1" && mkdir "$1"' } },
  { of: /unlink/, deed: { verb: "remove", prepare: file, attempt: `rm "$1" && ${file}` } },
  {
    of: /readlink/,
    deed: { verb: "readlink", prepare: 'ln -s target "$1"', attempt: '[ "$(readlink -v "$1")" = target ]' },
  },
  { of: /symlink/, deed: { verb: "symlink", prepare: "", attempt: 'ln -s target "$1" && rm "$1"' } },
  {
    of: /(inode|path|vfs|sys|do)_link(at)?$/,
    deed: { verb: "link", prepare: file, attempt: 'ln "$1" "$1.link" && rm "$1.link"' },
  },
  {
    of: /rename/,
    deed: { verb: "rename", prepare: file, attempt: 'mv "$1" "$1.moved" && mv "$1.moved" "$1"' },
  },
  {
    of: /inode_create|vfs_create|_creat$/,
    deed: { verb: "create", prepare: "", attempt: `${file} && rm "$1"` },
  },
  { of: /mknod/, deed: { verb: "mkfifo", prepare: "", attempt: 'mkfifo "$1" && rm "$1"' } },
  {
    of: /bprm|exec/,
    deed: {
      verb: "execute",
      prepare: 'echo "#!/bin/sh" >"$1"; chmod 755 "$1"',
      attempt: 'case $1 in /*) "$1" ;; *) "./$1" ;; esac',
    },
  },
  {
    of: /chmod|setattr|notify_change/,
    deed: { verb: "chmod", prepare: file, attempt: 'chmod 600 "$1"' },
  },
  {
    of: /getattr|statx?$|newfstatat/,
    deed: { verb: "stat", prepare: file, attempt: '[ "$(stat -c %F "$1")" ]' },
  },
  {
    of: /mount/,
    deed: { verb: "mount", prepare: folder, attempt: 'mount -t tmpfs tmpfs "$1" && umount "$1"' },
  },
  { of: /file_permission|vfs_read|sys_read$/, deed: { ...openFile, verb: "read" } },
  { of: /vfs_write|sys_write$/, deed: writeFile },
  { of: /file_open|openat2?$|do_filp_open|path_openat|d_alloc|lookup|vfs_open|getname/, deed: openFile },
];

/** The deed that makes one of the functions run; the first function that the table has one for counts. */
export function deedFor(functions: readonly string[]): Deed | undefined {
  for (const name of functions) {
    const row = rows.find(({ of }) => of.test(name));
    if (row !== undefined) return row.deed;
  }
  return undefined;
}

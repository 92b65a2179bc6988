/**
 * Errno names and numbers, the same on x86-64 and arm64: include/uapi/asm-generic/errno-base.h and errno.h, and those
 * that never reach user space, include/linux/errno.h. They have not changed from 5.10 to 7.3.
 */

/** Names by ascending number, from `first` on; `-` is a number without a name of its own. */
interface Series {
  readonly first: number;
  readonly names: string;
}

const series: readonly Series[] = [
  {
    first: 1,
    names: `
      EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD
      EAGAIN ENOMEM EACCES EFAULT ENOTBLK EBUSY EEXIST EXDEV ENODEV ENOTDIR
      EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS
      EMLINK EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP
      - ENOMSG EIDRM ECHRNG EL2NSYNC EL3HLT EL3RST ELNRNG EUNATCH ENOCSI
      EL2HLT EBADE EBADR EXFULL ENOANO EBADRQC EBADSLT - EBFONT ENOSTR
      ENODATA ETIME ENOSR ENONET ENOPKG EREMOTE ENOLINK EADV ESRMNT ECOMM
      EPROTO EMULTIHOP EDOTDOT EBADMSG EOVERFLOW ENOTUNIQ EBADFD EREMCHG ELIBACC ELIBBAD
      ELIBSCN ELIBMAX ELIBEXEC EILSEQ ERESTART ESTRPIPE EUSERS ENOTSOCK EDESTADDRREQ EMSGSIZE
      EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE
      EADDRNOTAVAIL ENETDOWN
      ENETUNREACH ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT
      ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS ESTALE EUCLEAN ENOTNAM ENAVAIL EISNAM
      EREMOTEIO EDQUOT ENOMEDIUM EMEDIUMTYPE ECANCELED ENOKEY EKEYEXPIRED EKEYREVOKED EKEYREJECTED EOWNERDEAD
      ENOTRECOVERABLE ERFKILL EHWPOISON`,
  },
  {
    first: 512,
    names: `
      ERESTARTSYS ERESTARTNOINTR ERESTARTNOHAND ENOIOCTLCMD ERESTART_RESTARTBLOCK EPROBE_DEFER EOPENSTALE ENOPARAM
      - EBADHANDLE ENOTSYNC EBADCOOKIE ENOTSUPP ETOOSMALL ESERVERFAULT EBADTYPE EJUKEBOX EIOCBQUEUED ERECALLCONFLICT
      ENOGRACE`,
  },
];

const numbers: ReadonlyMap<string, number> = new Map([
  ...series.flatMap(numbered),
  ["EWOULDBLOCK", 11],
  ["EDEADLOCK", 35],
]);

function numbered({ first, names }: Series): [string, number][] {
  const listed = names.trim().split(/\s+/);
  return listed.map((name, i): [string, number] => [name, first + i]).filter(([name]) => name !== "-");
}

/** The number of an errno's name, positive; `undefined` for any other word. */
export function errnoNumber(name: string): number | undefined {
  return numbers.get(name);
}

/** All names, the kernel-internal ones included, in the order of their numbers; the second names of a number last. */
export function errnoNames(): readonly string[] {
  return [...numbers.keys()];
}

#define _GNU_SOURCE
#include "harden.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#endif

#ifndef SYS_faccessat2
#define SYS_faccessat2 439
#endif

enum how { WHATEVER, ONE_OF, WITHOUT };

/*
 * A system call, and what of an argument of its it depends on: the values that it may have (where there are less than four, 0
 * is one of them), or the bits that it may not.
 */
struct call {
	unsigned int number;
	enum how how;
	unsigned int argument;
	__u32 values[4];
};

static const struct call forbidden[] = {
	{ .number = SYS_execve }, { .number = SYS_execveat }, { .number = SYS_clone }, { .number = SYS_clone3 },
	{ .number = SYS_ptrace }, { .number = SYS_process_vm_writev }, { .number = SYS_socket }, { .number = SYS_setns },
	{ .number = SYS_unshare }, { .number = SYS_mount }, { .number = SYS_init_module },
	{ .number = SYS_finit_module }, { .number = SYS_kexec_load },
#ifdef SYS_fork
	{ .number = SYS_fork }, { .number = SYS_vfork },
#endif
};

static const struct call allowed[] = {
	/* Reading: files only to read, and of BPF what is loaded already. */
	{ .number = SYS_read }, { .number = SYS_pread64 }, { .number = SYS_lseek }, { .number = SYS_fstat },
	{ .number = SYS_newfstatat }, { .number = SYS_fcntl }, { .number = SYS_faccessat }, { .number = SYS_faccessat2 },
	{ SYS_openat, WITHOUT, 2, { O_WRONLY | O_RDWR | O_CREAT | O_TRUNC } },
	{ SYS_bpf, ONE_OF, 0, { BPF_MAP_LOOKUP_ELEM, BPF_MAP_GET_NEXT_KEY, BPF_MAP_DELETE_ELEM, BPF_OBJ_GET_INFO_BY_FD } },
	/* Looking whether a task is there. */
	{ SYS_tkill, ONE_OF, 1, { 0 } }, { SYS_tgkill, ONE_OF, 2, { 0 } }, { SYS_kill, ONE_OF, 1, { 0 } },
	{ .number = SYS_getpid },
	/* Waiting. */
	{ .number = SYS_ppoll }, { .number = SYS_epoll_pwait }, { .number = SYS_epoll_ctl }, { .number = SYS_timerfd_settime },
	{ .number = SYS_clock_gettime }, { .number = SYS_clock_nanosleep }, { .number = SYS_restart_syscall },
	{ .number = SYS_rt_sigaction }, { .number = SYS_rt_sigprocmask }, { .number = SYS_rt_sigreturn },
	{ .number = SYS_futex }, { .number = SYS_membarrier },
	/* Printing, on a terminal by its size. */
	{ .number = SYS_write }, { .number = SYS_writev }, { .number = SYS_ioctl },
	/* Memory, of which none becomes code. */
	{ .number = SYS_brk }, { SYS_mmap, WITHOUT, 2, { PROT_EXEC } }, { .number = SYS_munmap }, { .number = SYS_mremap },
	{ .number = SYS_madvise },
	/* Detaching, and the end. */
	{ .number = SYS_close }, { .number = SYS_exit }, { .number = SYS_exit_group },
#ifdef __x86_64__
	{ .number = SYS_poll }, { .number = SYS_epoll_wait }, { .number = SYS_access }, { .number = SYS_time },
	{ SYS_open, WITHOUT, 1, { O_WRONLY | O_RDWR | O_CREAT | O_TRUNC } },
#endif
};

#define VALUES (sizeof((struct call){}.values) / sizeof(*(struct call){}.values))
/* Instructions for a call at most, and around all calls. */
#define PER_CALL (VALUES + 5)
#define AROUND 8

#define REFUSE (SECCOMP_RET_ERRNO | EPERM)
#define LOAD(field) (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(action) (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action)
#define JUMP(test, value, yes, no) (struct sock_filter)BPF_JUMP(BPF_JMP | (test) | BPF_K, value, yes, no)

/* Little-endian: the low half of an argument comes first, and all that is asked for lies there. */
static size_t call__write(struct sock_filter *to, const struct call *call, __u32 met, __u32 otherwise)
{
	struct sock_filter *at = to + 1;

	if (call->how != WHATEVER)
		*at++ = LOAD(args[call->argument]);
	if (call->how == WITHOUT) {
		*at++ = JUMP(BPF_JSET, call->values[0], 0, 1);
		*at++ = RETURN(otherwise);
	}
	for (size_t i = 0; call->how == ONE_OF && i < VALUES; i++)
		*at++ = JUMP(BPF_JEQ, call->values[i], VALUES - i, 0);
	if (call->how == ONE_OF)
		*at++ = RETURN(otherwise);
	*at++ = RETURN(met);
	*to = JUMP(BPF_JEQ, call->number, 0, at - to - 1);
	return at - to;
}

/* Has the kernel answer `met` to these calls, and `otherwise` to all others; where it can't, nothing is changed. */
static void calls__filter(const struct call *calls, size_t count, __u32 met, __u32 otherwise)
{
	struct sock_filter code[AROUND + PER_CALL * count], *at = code;
	struct sock_fprog program = { .filter = code };

	*at++ = LOAD(arch);
	*at++ = JUMP(BPF_JEQ, ARCH, 1, 0);
	*at++ = RETURN(REFUSE);
	*at++ = LOAD(nr);
#ifdef __x86_64__
	/* The same calls by other numbers: __X32_SYSCALL_BIT. */
	*at++ = JUMP(BPF_JGE, 0x40000000, 0, 1);
	*at++ = RETURN(REFUSE);
#endif
	for (size_t i = 0; i < count; i++)
		at += call__write(at, &calls[i], met, otherwise);
	*at++ = RETURN(otherwise);
	program.len = at - code;
	/* A kernel without seccomp says EINVAL. */
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

#define COUNT(calls) (sizeof(calls) / sizeof(*(calls)))

/* A sanitizer starts a thread that looks for leaks, and more. */
#ifdef __SANITIZE_ADDRESS__
#define HARDENED false
#else
#define HARDENED true
#endif

void harden__begin(void)
{
	if (!HARDENED || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return;
	calls__filter(forbidden, COUNT(forbidden), REFUSE, SECCOMP_RET_ALLOW);
}

/* Keeps of the capabilities: CAP_BPF or, where the kernel or the process has none, its elder; CAP_SYSLOG, to see symbols. */
static void capabilities__drop(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {};
	const unsigned int syslog = CAP_TO_MASK(CAP_SYSLOG), bpf = CAP_TO_MASK(CAP_BPF);
	unsigned int low = 0, high;

	if (syscall(SYS_capget, &header, sets))
		return;
	high = sets[1].permitted & (syslog | bpf);
	if (!(high & bpf))
		low = sets[0].permitted & CAP_TO_MASK(CAP_SYS_ADMIN);
	sets[0] = (struct __user_cap_data_struct){ .effective = low, .permitted = low };
	sets[1] = (struct __user_cap_data_struct){ .effective = high, .permitted = high };
	syscall(SYS_capset, &header, sets);
}

void harden__settle(void)
{
	if (!HARDENED)
		return;
	capabilities__drop();
	calls__filter(allowed, COUNT(allowed), SECCOMP_RET_ALLOW, REFUSE);
}

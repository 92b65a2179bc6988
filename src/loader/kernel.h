/* What the running kernel can do, found by asking it: its own types, and tiny programs that it takes or refuses. */
#ifndef KERNEL_H
#define KERNEL_H

#include <bpf/btf.h>
#include <stdbool.h>
#include <sys/utsname.h>

#include "manifest.h"

struct kernel {
	struct utsname uname;
	/* As manifests call it: x86_64, arm64, or what uname says. */
	const char *arch;
	/* The kernel's own types; NULL where it has none. */
	struct btf *btf;

	/* The keyring by which it is to check what it loads; NULL: nobody asked for that. */
	const char *keyring;
	__s32 keyring_id;
	/* What it then looks at; or why it can't. */
	enum coverage coverage;
	const char *unchecked;
};

/* How a function in question is known. */
enum function_state {
	FUNCTION_MISSING,
	FUNCTION_OTHER_ARITY,
	/* Its name is in /proc/kallsyms, its prototype in no BTF. */
	FUNCTION_UNTYPED,
	FUNCTION_FOUND,
};

/* Reads what can be read; loads nothing. */
void kernel__open(struct kernel *kernel);

/* Whether the kernel takes any program of ours at all. 0, or reports (STAGE_LOAD) and returns the exit status. */
int kernel__check(const struct kernel *kernel);

/* Looks in the kernel's BTF, then in its modules', then by name alone. `arities`: a bit for each count that fits; 0: any. */
enum function_state kernel__find_function(const struct kernel *kernel, const char *name, __u32 arities);

/* Whether it is asked to check what it loads, and can. Then nothing unsigned is tried: that may be forbidden. */
bool kernel__checks(const struct kernel *kernel);

/* Whether the kernel can do what a manifest calls by this name; false, too, where that is not known. */
bool kernel__has_feature(const struct kernel *kernel, const char *name);

/* The same in words; NULL for a name that is not known. */
const char *feature__words(const char *name);

/* Whether kprobe programs may override what a function returns. */
bool kernel__can_override(const struct kernel *kernel);

/* Whether the kernel is locked down so far that BPF may not read its memory, nor kprobes be set. */
bool kernel__is_locked_down(void);
#define LOCKED_DOWN \
	"the kernel is locked down for confidentiality (/sys/kernel/security/lockdown), where BPF may not read its memory: " \
	"boot it with `lockdown=integrity` or less"

/* What stands in the way of a program that was refused with EPERM or EACCES. */
const char *kernel__privilege_complaint(const struct kernel *kernel);

void kernel__close(struct kernel *kernel);

#endif

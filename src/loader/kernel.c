#define _GNU_SOURCE
#include "kernel.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe.h"
#include "report.h"
#include "symbols.h"

#define BTF_FOLDER "/sys/kernel/btf"

static const struct arch {
	const char *machine;
	const char *name;
} arches[] = {
	{ "x86_64", "x86_64" },
	{ "aarch64", "arm64" },
};

void kernel__open(struct kernel *kernel)
{
	uname(&kernel->uname);
	kernel->arch = kernel->uname.machine;
	for (size_t i = 0; i < sizeof(arches) / sizeof(*arches); i++)
		if (!strcmp(kernel->uname.machine, arches[i].machine))
			kernel->arch = arches[i].name;
	kernel->btf = btf__parse(BTF_FOLDER "/vmlinux", NULL);
}

int kernel__check(const struct kernel *kernel)
{
	int err = kernel__checks(kernel) ? 0 : probe__nothing();

	if (!err)
		return 0;
	if (err == -EPERM || err == -EACCES)
		return report__error(STAGE_LOAD, "the kernel refuses to load BPF programs: %s",
				     kernel__privilege_complaint(kernel));
	return report__error(STAGE_LOAD, "the kernel (%s) takes no BPF programs for kprobes: %s; it needs CONFIG_BPF_SYSCALL "
			     "and CONFIG_BPF_EVENTS", kernel->uname.release, strerror(-err));
}

/* Looks among the types from `first` on. */
static enum function_state btf__find_function(const struct btf *btf, __u32 first, const char *name, __u32 arities)
{
	enum function_state state = FUNCTION_MISSING;
	__u32 arity;

	for (__u32 id = first; id < btf__type_cnt(btf); id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);

		if (!btf_is_func(type) || strcmp(btf__name_by_offset(btf, type->name_off), name))
			continue;
		arity = btf_vlen(btf__type_by_id(btf, type->type));
		if (!arities || (arity < 8 * sizeof(arities) && arities & 1U << arity))
			return FUNCTION_FOUND;
		state = FUNCTION_OTHER_ARITY;
	}
	return state;
}

static enum function_state modules__find_function(const struct kernel *kernel, const char *name, __u32 arities)
{
	DIR *folder = opendir(BTF_FOLDER);
	enum function_state state = FUNCTION_MISSING;
	struct dirent *entry;

	while (folder && state != FUNCTION_FOUND && (entry = readdir(folder))) {
		enum function_state found;
		struct btf *module;

		if (*entry->d_name == '.' || !strcmp(entry->d_name, "vmlinux"))
			continue;
		module = btf__load_module_btf(entry->d_name, kernel->btf);
		if (!module)
			continue;
		found = btf__find_function(module, btf__type_cnt(kernel->btf), name, arities);
		if (found != FUNCTION_MISSING)
			state = found;
		btf__free(module);
	}
	if (folder)
		closedir(folder);
	return state;
}

enum function_state kernel__find_function(const struct kernel *kernel, const char *name, __u32 arities)
{
	enum function_state state = FUNCTION_MISSING;

	if (kernel->btf) {
		state = btf__find_function(kernel->btf, 1, name, arities);
		if (state == FUNCTION_MISSING)
			state = modules__find_function(kernel, name, arities);
	}
	return state == FUNCTION_MISSING && symbols__have(name) ? FUNCTION_UNTYPED : state;
}

static const struct feature {
	const char *name;
	int (*probe)(void);
	const char *words; /* those of src/build/manifest.ts */
} features[] = {
	{ "task_btf", probe__task_btf, "tasks as BTF knows them (Linux 5.11, CONFIG_DEBUG_INFO_BTF)" },
	{ "task_storage", probe__task_storage, "task storage in tracing programs (Linux 5.13)" },
	{ "atomic_fetch", probe__atomic_fetch, "atomic operations that return the old value (Linux 5.12)" },
};

static const struct feature *feature__find(const char *name)
{
	for (size_t i = 0; i < sizeof(features) / sizeof(*features); i++)
		if (!strcmp(name, features[i].name))
			return &features[i];
	return NULL;
}

bool kernel__checks(const struct kernel *kernel)
{
	return kernel->keyring && !kernel->unchecked;
}

/* A kernel that checks signatures is young enough for all of them. */
bool kernel__has_feature(const struct kernel *kernel, const char *name)
{
	const struct feature *feature = feature__find(name);

	return feature && (kernel__checks(kernel) || !feature->probe());
}

const char *feature__words(const char *name)
{
	const struct feature *feature = feature__find(name);

	return feature ? feature->words : NULL;
}

bool kernel__can_override(const struct kernel *kernel)
{
	if (kernel__checks(kernel))
		return btf__find_by_name_kind(kernel->btf, "bpf_override_return", BTF_KIND_FUNC) > 0;
	return !probe__override();
}

/* What the loader's own capabilities lack, or NULL: they are to be CAP_SYS_ADMIN, or from 5.8 on CAP_BPF and CAP_PERFMON. */
static const char *capabilities__complaint(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};
	bool bpf, perfmon;
	__u64 effective;

	if (syscall(SYS_capget, &header, data))
		return NULL;
	effective = data[0].effective | (__u64)data[1].effective << 32;
	bpf = effective & 1ULL << CAP_BPF;
	perfmon = effective & 1ULL << CAP_PERFMON;
	if (effective & 1ULL << CAP_SYS_ADMIN || (bpf && perfmon))
		return NULL;
	if (bpf || perfmon)
		return bpf ? "the loader has CAP_BPF, but not CAP_PERFMON: give it both, or run it as root"
			   : "the loader has CAP_PERFMON, but not CAP_BPF: give it both, or run it as root";
	return "the loader has neither CAP_BPF nor CAP_PERFMON, nor CAP_SYS_ADMIN: run it as root, or give it the first two";
}

/* The level in force stands in brackets: `none [integrity] confidentiality`. Only the last forbids what we do. */
bool kernel__is_locked_down(void)
{
	FILE *file = fopen("/sys/kernel/security/lockdown", "re");
	char text[128] = "";

	if (file) {
		if (!fgets(text, sizeof(text), file))
			*text = 0;
		fclose(file);
	}
	return strstr(text, "[confidentiality]");
}

/* Before 5.11 maps and programs count as locked memory. libbpf lifts the limit, where it may. */
static bool is_memlock_short(const struct kernel *kernel)
{
	unsigned int major = 0, minor = 0;
	struct rlimit limit;

	return sscanf(kernel->uname.release, "%u.%u", &major, &minor) == 2 && (major < 5 || (major == 5 && minor < 11)) &&
	       !getrlimit(RLIMIT_MEMLOCK, &limit) && limit.rlim_cur != RLIM_INFINITY;
}

const char *kernel__privilege_complaint(const struct kernel *kernel)
{
	const char *complaint = capabilities__complaint();

	if (complaint)
		return complaint;
	if (kernel__is_locked_down())
		return LOCKED_DOWN;
	if (is_memlock_short(kernel))
		return "the limit on locked memory is too small for a kernel before 5.11: raise it (`ulimit -l unlimited`), "
		       "or give the loader CAP_SYS_RESOURCE";
	return "the loader has the capabilities, so something else forbids it: a security module, a seccomp filter, a "
	       "lockdown that can't be seen (mount securityfs), or how this kernel was built";
}

void kernel__close(struct kernel *kernel)
{
	btf__free(kernel->btf);
	kernel->btf = NULL;
}

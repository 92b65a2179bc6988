/* Whom a fault is for. */
#ifndef TARGET_H
#define TARGET_H

#include <bpf/btf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/* The kinds' numbers are the bits of `target_kinds` in a generated object. */
enum target_kind {
	TARGET_PID,
	TARGET_TID,
	TARGET_CGROUP,
	TARGET_COMM,
	TARGET_UID,
	TARGET_KINDS,
};

/* A key of the map `targets` of a generated object. */
struct target {
	__u64 kind;
	union {
		__u64 id;
		char comm[16];
	};
};

struct aim {
	struct target target;
	/* A cgroup's, open; else -1. */
	int folder;
};

struct targets {
	struct aim *list;
	size_t count;
	/* The running kernel's types, or NULL. */
	const struct btf *types;
	/*
	 * What the object must look at: a bit for each kind; for cgroups, one for each depth at which a target may lie, and
	 * the controller of their hierarchy.
	 */
	__u32 kinds;
	__u32 cgroup_levels;
	__s32 cgroup_controller;
};

/* `pid`, `tid` and so on, as options and the manifest call them. */
extern const char *const target_names[TARGET_KINDS];

/* What is wrong with a value as written, or NULL; whether it exists is not asked. */
const char *target__complaint(enum target_kind kind, const char *value);

/* Starts with none. */
void targets__open(struct targets *targets, const struct btf *types);

/* Adds what `value` names, or each line of the file does that `@FILE` names. It must exist. 0, or reports and returns the exit status. */
int targets__add(struct targets *targets, enum target_kind kind, const char *value);

/* By their digests, as the object makes them: bit N is set if a target has the digest N (templates/target.hbs). */
__u64 targets__filter(const struct targets *targets);

/* Takes a target that is there no longer off the list, into `gone`. False once there is none. */
bool targets__lose(struct targets *targets, struct target *gone);

/* Whether the numbers of tasks here are the numbers that the kernel, and so BPF, has for them. Reports if they are not. */
int targets__check_namespace(void);

void targets__close(struct targets *targets);

#endif

/* Cgroups, as BPF knows them. */
#ifndef CGROUP_H
#define CGROUP_H

#include <bpf/btf.h>
#include <linux/types.h>
#include <stdbool.h>

/* The controller of a cgroup of version 2, whose hierarchy needs none to be told. */
#define NO_CONTROLLER -1

struct cgroup {
	__u64 id;
	/* A bit for each level below the root at which it may lie. */
	__u32 levels;
	/* Of a hierarchy of version 1, one that it has, as the kernel numbers them; else NO_CONTROLLER. */
	__s32 controller;
	/* Open. */
	int folder;
};

/*
 * The cgroup whose folder is at `path`; `types` are the running kernel's, or NULL. 0, or reports (STAGE_TARGET) and returns
 * the exit status.
 */
int cgroup__find(const char *path, const struct btf *types, struct cgroup *cgroup);

/* Whether the cgroup of a folder once opened is still there. */
bool cgroup__exists(int folder);

#endif

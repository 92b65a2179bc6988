/* Cgroups of version 2, as BPF knows them. */
#ifndef CGROUP_H
#define CGROUP_H

#include <linux/types.h>
#include <stdbool.h>

/*
 * The id of the cgroup whose folder is at `path`, a bit for each level below the root at which it may lie, and its open
 * folder. 0, or reports (STAGE_TARGET) and returns the exit status.
 */
int cgroup__find(const char *path, __u64 *id, __u32 *levels, int *folder);

/* Whether the cgroup of a folder once opened is still there. */
bool cgroup__exists(int folder);

#endif

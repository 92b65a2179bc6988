#define _GNU_SOURCE
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "report.h"

/* Inode of the root of a hierarchy: the first that kernfs gives. */
#define ROOT_CGROUP 1

/*
 * statx() of a cgroup's folder: its inode is the cgroup's id, as BPF gives it, from 5.5 on (cgroup_id() of
 * include/linux/cgroup.h). The id of the mount through which it is seen is known from 5.8 on.
 */
static int cgroup__look(int fd, struct statx *is)
{
	return statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_MNT_ID, is);
}

static bool is_same_mount(const struct statx *a, const struct statx *b)
{
	return a->stx_dev_major == b->stx_dev_major && a->stx_dev_minor == b->stx_dev_minor &&
	       a->stx_mnt_id == b->stx_mnt_id;
}

/*
 * How far `fd` lies below the top of its mount. `exact` tells whether that top is the root of the hierarchy; a cgroup
 * namespace or a bind mount shows only a part. Closes `fd`.
 */
static unsigned int cgroup__depth(int fd, const struct statx *is, bool *exact)
{
	struct statx here = *is, parent;
	unsigned int depth = 0;

	for (;; depth++) {
		int up = openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);

		close(fd);
		fd = up;
		if (fd < 0 || cgroup__look(fd, &parent) || !is_same_mount(&parent, &here) ||
		    parent.stx_ino == here.stx_ino)
			break;
		here = parent;
	}
	if (fd >= 0)
		close(fd);
	*exact = here.stx_ino == ROOT_CGROUP;
	return depth;
}

/* The number of a controller, by the name that mounts have for it, in `enum cgroup_subsys_id`; NO_CONTROLLER if it is none. */
static int controller__number(const struct btf *types, const char *name)
{
	const struct btf_type *type = btf__type_by_id(types, btf__find_by_name_kind(types, "cgroup_subsys_id", BTF_KIND_ENUM));
	char expected[64];

	snprintf(expected, sizeof(expected), "%s_cgrp_id", strcmp(name, "blkio") ? name : "io");
	for (int i = 0; type && i < btf_vlen(type); i++)
		if (!strcmp(btf__name_by_offset(types, btf_enum(type)[i].name_off), expected))
			return btf_enum(type)[i].val;
	return NO_CONTROLLER;
}

/*
 * The first controller among the options of the hierarchy that is mounted as a device, as /proc/self/mountinfo has them
 * last in a line: `40 32 0:34 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:18 - cgroup cgroup rw,cpu,cpuacct`.
 */
static int hierarchy__controller(const struct statx *is, const struct btf *types)
{
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	int controller = NO_CONTROLLER;
	char *line = NULL, *rest, *option;
	unsigned int major, minor;
	size_t room = 0;

	while (mounts && controller == NO_CONTROLLER && getline(&line, &room, mounts) > 0) {
		if (sscanf(line, "%*u %*u %u:%u", &major, &minor) != 2 || major != is->stx_dev_major || minor != is->stx_dev_minor)
			continue;
		rest = strrchr(line, ' ');
		while (controller == NO_CONTROLLER && (option = strsep(&rest, " ,\n")))
			controller = controller__number(types, option);
	}
	free(line);
	if (mounts)
		fclose(mounts);
	return controller;
}

/* What is wrong with a folder, or NULL. */
static const char *cgroup__place(int fd, const struct btf *types, struct cgroup *cgroup)
{
	unsigned int depth;
	struct statfs fs;
	struct statx is;
	bool exact;

	if (fstatfs(fd, &fs) || cgroup__look(fd, &is) ||
	    (fs.f_type != CGROUP2_SUPER_MAGIC && fs.f_type != CGROUP_SUPER_MAGIC))
		return "is not the folder of a cgroup; give one such as /sys/fs/cgroup/system.slice";
	if (fs.f_type == CGROUP_SUPER_MAGIC && !types)
		return "is a cgroup of version 1, and this kernel has no BTF (/sys/kernel/btf/vmlinux) to tell its controllers by: "
		       "give the tasks by --pid, --comm or --uid";
	cgroup->id = is.stx_ino;
	cgroup->controller = fs.f_type == CGROUP_SUPER_MAGIC ? hierarchy__controller(&is, types) : NO_CONTROLLER;
	if (fs.f_type == CGROUP_SUPER_MAGIC && cgroup->controller == NO_CONTROLLER)
		return "is a cgroup of version 1 of a hierarchy whose controllers /proc/self/mountinfo does not tell: give the folder "
		       "below one that has a controller, such as /sys/fs/cgroup/pids";
	depth = cgroup__depth(fcntl(fd, F_DUPFD_CLOEXEC, 0), &is, &exact);
	/* Seen from inside, it may be at any depth from there on; to look at more of them costs only time. */
	cgroup->levels = depth > 31 ? 0 : exact ? 1U << depth : ~0U << depth;
	return depth > 31 ? "lies more than 31 levels deep, and no object looks further: give one above it" : NULL;
}

int cgroup__find(const char *path, const struct btf *types, struct cgroup *cgroup)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *complaint;

	if (fd < 0)
		return report__error(STAGE_TARGET, "can't open the cgroup `%s`: %s; give its folder, such as "
				     "/sys/fs/cgroup/system.slice", path, strerror(errno));
	complaint = cgroup__place(fd, types, cgroup);
	if (complaint) {
		close(fd);
		return report__error(STAGE_TARGET, "`%s` %s", path, complaint);
	}
	cgroup->folder = fd;
	return 0;
}

bool cgroup__exists(int folder)
{
	return !faccessat(folder, "cgroup.procs", F_OK, 0);
}

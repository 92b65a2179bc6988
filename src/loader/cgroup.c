#define _GNU_SOURCE
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "report.h"

/* Inode of the root of the cgroup v2 hierarchy: the first that kernfs gives. */
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

int cgroup__find(const char *path, __u64 *id, __u32 *levels, int *folder)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	unsigned int depth;
	struct statfs fs;
	struct statx is;
	bool exact;

	if (fd < 0)
		return report__error(STAGE_TARGET, "can't open the cgroup `%s`: %s; give its folder, such as "
				     "/sys/fs/cgroup/system.slice", path, strerror(errno));
	if (fstatfs(fd, &fs) || cgroup__look(fd, &is) || fs.f_type != CGROUP2_SUPER_MAGIC) {
		close(fd);
		if (fs.f_type == CGROUP_SUPER_MAGIC)
			return report__error(STAGE_TARGET, "`%s` is a cgroup of version 1, and only those of version 2 can be told "
					     "apart in BPF: give the folder of version 2, often below /sys/fs/cgroup/unified; where "
					     "none is mounted, its tasks can be given by --pid, --comm or --uid", path);
		return report__error(STAGE_TARGET, "`%s` is not a folder of the cgroup v2 hierarchy; give one such as "
				     "/sys/fs/cgroup/system.slice", path);
	}
	*id = is.stx_ino;
	depth = cgroup__depth(fcntl(fd, F_DUPFD_CLOEXEC, 0), &is, &exact);
	if (depth > 31) {
		close(fd);
		return report__error(STAGE_TARGET, "the cgroup `%s` lies more than 31 levels deep", path);
	}
	*folder = fd;
	/* Seen from inside, it may be at any depth from there on; to look at more of them costs only time. */
	*levels = exact ? 1U << depth : ~0U << depth;
	return 0;
}

bool cgroup__exists(int folder)
{
	return !faccessat(folder, "cgroup.procs", F_OK, 0);
}

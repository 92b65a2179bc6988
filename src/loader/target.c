#define _GNU_SOURCE
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "number.h"
#include "report.h"

/* The longest value, a path, with its NUL. */
#define MAX_VALUE 4096
/* Inode of the first PID namespace: PROC_PID_INIT_INO of include/linux/proc_ns.h. */
#define FIRST_PID_NAMESPACE 0xeffffffcU
/* Inode of the root of the cgroup v2 hierarchy: the first that kernfs gives. */
#define ROOT_CGROUP 1

_Static_assert(sizeof(struct target) == 24, "the layout is part of the contract with generated objects");

const char *const target_names[TARGET_KINDS] = {
	[TARGET_PID] = "pid",	[TARGET_TID] = "tid", [TARGET_CGROUP] = "cgroup",
	[TARGET_COMM] = "comm", [TARGET_UID] = "uid",
};

/* The greatest id of each kind that has one. */
static const __u64 max_ids[TARGET_KINDS] = {
	[TARGET_PID] = INT_MAX,
	[TARGET_TID] = INT_MAX,
	[TARGET_UID] = UINT_MAX - 1,
};

const char *target__complaint(enum target_kind kind, const char *value)
{
	size_t length = strlen(value);
	__u64 id;

	if (!length)
		return "is empty";
	if (kind == TARGET_COMM)
		return length < sizeof((struct target){}.comm)
			       ? NULL
			       : "is longer than 15 bytes, where the kernel cuts a task's name: write the first 15";
	if (kind == TARGET_CGROUP)
		return length < MAX_VALUE ? NULL : "is too long for a path";
	if (!number__decimal(value, max_ids[kind], &id))
		return "is not such a number";
	if (!id && kind != TARGET_UID)
		return "is the idle task, which can't be a target";
	return NULL;
}

/* The text of the file at `path`, less the blanks around it, in `text`. */
static int value__read(const char *path, char text[MAX_VALUE])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	size_t size = 0, start;
	ssize_t got = 0;

	if (fd < 0)
		return report__error(STAGE_TARGET, "can't open `%s`, which is to hold a target: %s", path,
				     strerror(errno));
	while (size < MAX_VALUE && (got = read(fd, text + size, MAX_VALUE - size)) > 0)
		size += got;
	close(fd);
	if (got < 0)
		return report__error(STAGE_TARGET, "can't read `%s`, which is to hold a target: %s", path,
				     strerror(errno));
	if (size == MAX_VALUE || memchr(text, 0, size))
		return report__error(STAGE_TARGET, "`%s` is to hold one target as text, and holds something else", path);
	text[size] = 0;
	while (size && strchr(" \t\r\n", text[size - 1]))
		text[--size] = 0;
	start = strspn(text, " \t\r\n");
	memmove(text, text + start, size - start + 1);
	return 0;
}

/* tgkill(2) and tkill(2) with signal 0 only look; no /proc is needed. */
static int task__check(enum target_kind kind, const char *value, __u64 id)
{
	long err = kind == TARGET_PID ? syscall(SYS_tgkill, (int)id, (int)id, 0) : syscall(SYS_tkill, (int)id, 0);

	if (!err || errno == EPERM)
		return 0;
	if (kind == TARGET_PID && !syscall(SYS_tkill, (int)id, 0))
		return report__error(STAGE_TARGET, "%s is a thread, not a process: give it by `--tid %s`", value, value);
	return report__error(STAGE_TARGET, "there is no %s %s", kind == TARGET_PID ? "process" : "thread", value);
}

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

static int cgroup__find(const char *path, __u64 *id, __u32 *levels)
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
	depth = cgroup__depth(fd, &is, &exact);
	if (depth > 31)
		return report__error(STAGE_TARGET, "the cgroup `%s` lies more than 31 levels deep", path);
	/* Seen from inside, it may be at any depth from there on; to look at more of them costs only time. */
	*levels = exact ? 1U << depth : ~0U << depth;
	return 0;
}

int targets__add(struct targets *targets, enum target_kind kind, const char *value)
{
	struct target target = { .kind = kind };
	char text[MAX_VALUE];
	const char *complaint;
	struct target *list;
	__u32 levels = 0;
	int err = 0;

	if (*value == '@') {
		err = value__read(value + 1, text);
		if (err)
			return err;
		value = text;
	}
	complaint = target__complaint(kind, value);
	if (complaint)
		return report__error(STAGE_TARGET, "`%s` can't be a %s: it %s", value, target_names[kind], complaint);
	if (kind == TARGET_COMM)
		memcpy(target.comm, value, strlen(value));
	else if (kind == TARGET_CGROUP)
		err = cgroup__find(value, &target.id, &levels);
	else if (number__decimal(value, max_ids[kind], &target.id) && kind != TARGET_UID)
		err = task__check(kind, value, target.id);
	if (err)
		return err;

	list = reallocarray(targets->list, targets->count + 1, sizeof(*list));
	if (!list)
		return report__error(STAGE_TARGET, "out of memory");
	targets->list = list;
	list[targets->count++] = target;
	targets->kinds |= 1U << kind;
	targets->cgroup_levels |= levels;
	return 0;
}

int targets__check_namespace(void)
{
	struct stat own;

	/* Where there is no /proc, nothing made another namespace either. */
	if (stat("/proc/self/ns/pid", &own) || own.st_ino == FIRST_PID_NAMESPACE)
		return 0;
	return report__error(STAGE_TARGET, "the loader runs in a PID namespace of its own, where tasks have other numbers "
			     "than the kernel knows them by: start it in the node's (in Kubernetes, `hostPID: true`)");
}

void targets__close(struct targets *targets)
{
	free(targets->list);
	*targets = (struct targets){};
}

#define _GNU_SOURCE
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cgroup.h"
#include "number.h"
#include "report.h"

/* The longest value, a path, with its NUL, and the longest file of values. */
#define MAX_VALUE 4096
#define MAX_VALUES (1 << 20)
#define BLANKS " \t\r"
/* Inode of the first PID namespace: PROC_PID_INIT_INO of include/linux/proc_ns.h. */
#define FIRST_PID_NAMESPACE 0xeffffffcU
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
		return kind == TARGET_UID ? "is not the number of a user, as `id -u NAME` prints it"
					  : "is not the number of a task, as `pgrep NAME` prints it";
	if (!id && kind != TARGET_UID)
		return "is the idle task, which can't be a target";
	return NULL;
}

/* Reads the file at `path` into `text`, which is to be freed. */
static int values__read(const char *path, char **text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), err = 0;
	size_t size = 0;
	ssize_t got = 0;

	*text = fd < 0 ? NULL : calloc(1, MAX_VALUES);
	while (*text && size < MAX_VALUES && (got = read(fd, *text + size, MAX_VALUES - size)) > 0)
		size += got;
	if (fd < 0 || !*text || got < 0)
		err = report__error(STAGE_TARGET, "can't read `%s`, which is to hold targets: %s", path, strerror(errno));
	else if (size == MAX_VALUES || strlen(*text) < size)
		err = report__error(STAGE_TARGET, "`%s` is to hold targets as text, one a line, and holds something else", path);
	if (fd >= 0)
		close(fd);
	return err;
}

void targets__open(struct targets *targets, const struct btf *types)
{
	*targets = (struct targets){ .types = types, .cgroup_controller = NO_CONTROLLER };
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

/* Adds the target whose value is `value` itself. */
static int target__add(struct targets *targets, enum target_kind kind, const char *value)
{
	struct target target = { .kind = kind };
	const char *complaint;
	struct cgroup cgroup = { .controller = targets->cgroup_controller, .folder = -1 };
	struct aim *list;
	int err = 0;

	complaint = target__complaint(kind, value);
	if (complaint)
		return report__error(STAGE_TARGET, "`%s` can't be a %s: it %s", value, target_names[kind], complaint);
	if (kind == TARGET_COMM)
		memcpy(target.comm, value, strlen(value));
	else if (kind == TARGET_CGROUP)
		err = cgroup__find(value, targets->types, &cgroup);
	else if (number__decimal(value, max_ids[kind], &target.id) && kind != TARGET_UID)
		err = task__check(kind, value, target.id);
	if (!err && targets->kinds & 1U << TARGET_CGROUP && cgroup.controller != targets->cgroup_controller)
		err = report__error(STAGE_TARGET, "`%s` is of another hierarchy of cgroups than the ones before: give all of one "
				    "hierarchy", value);
	if (err)
		goto unused;
	if (kind == TARGET_CGROUP)
		target.id = cgroup.id;

	list = reallocarray(targets->list, targets->count + 1, sizeof(*list));
	if (!list) {
		err = report__error(STAGE_TARGET, "out of memory");
		goto unused;
	}
	targets->list = list;
	list[targets->count++] = (struct aim){ target, cgroup.folder };
	targets->kinds |= 1U << kind;
	targets->cgroup_levels |= cgroup.levels;
	targets->cgroup_controller = cgroup.controller;
	return 0;

unused:
	if (cgroup.folder >= 0)
		close(cgroup.folder);
	return err;
}

__u64 targets__filter(const struct targets *targets)
{
	__u64 filter = 0;

	/* Of a name, the id is the first eight bytes. */
	for (size_t i = 0; i < targets->count; i++)
		filter |= 1ULL << (targets->list[i].target.id * 0x9e3779b97f4a7c15ULL >> 58);
	return filter;
}

/* Adds a target for each line of the file at `path` that is not blank. */
static int targets__add_lines(struct targets *targets, enum target_kind kind, const char *path)
{
	size_t before = targets->count;
	char *text, *rest, *line;
	int err = values__read(path, &text);

	rest = text;
	while (!err && (line = strsep(&rest, "\n"))) {
		line += strspn(line, BLANKS);
		for (size_t length = strlen(line); length && strchr(BLANKS, line[length - 1]);)
			line[--length] = 0;
		if (*line)
			err = target__add(targets, kind, line);
	}
	free(text);
	if (!err && targets->count == before)
		return report__error(STAGE_TARGET, "`%s` is to hold targets, one a line, and holds none", path);
	return err;
}

int targets__add(struct targets *targets, enum target_kind kind, const char *value)
{
	return *value == '@' ? targets__add_lines(targets, kind, value + 1) : target__add(targets, kind, value);
}

/* A name or a user may always come again. */
static bool aim__is_gone(const struct aim *aim)
{
	switch ((enum target_kind)aim->target.kind) {
	case TARGET_PID:
		return syscall(SYS_tgkill, (int)aim->target.id, (int)aim->target.id, 0) && errno != EPERM;
	case TARGET_TID:
		return syscall(SYS_tkill, (int)aim->target.id, 0) && errno != EPERM;
	case TARGET_CGROUP:
		return !cgroup__exists(aim->folder);
	default:
		return false;
	}
}

bool targets__lose(struct targets *targets, struct target *gone)
{
	for (size_t i = 0; i < targets->count; i++) {
		struct aim *aim = &targets->list[i];

		if (!aim__is_gone(aim))
			continue;
		*gone = aim->target;
		if (aim->folder >= 0)
			close(aim->folder);
		*aim = targets->list[--targets->count];
		return true;
	}
	return false;
}

int targets__check_namespace(void)
{
	struct stat own;

	if (stat("/proc/self/ns", &own))
		return report__error(STAGE_TARGET, "/proc does not tell in which PID namespace the loader runs: mount the node's "
				     "(`mount -t proc proc /proc`; in Kubernetes, `hostPID: true`)");
	/* A kernel that has no other namespaces does not tell of this one. */
	if (stat("/proc/self/ns/pid", &own) || own.st_ino == FIRST_PID_NAMESPACE)
		return 0;
	return report__error(STAGE_TARGET, "the loader runs in a PID namespace of its own, where tasks have other numbers "
			     "than the kernel knows them by: start it in the node's (in Kubernetes, `hostPID: true`)");
}

void targets__close(struct targets *targets)
{
	for (size_t i = 0; i < targets->count; i++)
		if (targets->list[i].folder >= 0)
			close(targets->list[i].folder);
	free(targets->list);
	*targets = (struct targets){};
}

#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "object.h"
#include "refusal.h"

/*
 * Without the kernel's own events for kprobes, names would have to be written to tracefs, and these would outlive a loader
 * that is killed.
 */
#define KPROBE_EVENTS "/sys/bus/event_source/devices/kprobe/type"
/* Of such an event's `config`, as `format/retprobe` beside it says: at the return. */
#define RETPROBE 1

/* The function behind a section's `kind/`, or NULL where it is of another kind. */
static const char *section__of(const char *section, const char *kind)
{
	size_t length = strlen(kind);

	return strncmp(section, kind, length) || section[length] != '/' ? NULL : section + length + 1;
}

/* The number by which the kernel knows events of kprobes, or -1. */
static int kprobes__type(void)
{
	FILE *file = fopen(KPROBE_EVENTS, "re");
	int type = -1;

	if (file && fscanf(file, "%d", &type) != 1)
		type = -1;
	if (file)
		fclose(file);
	return type;
}

/* Both return a descriptor that keeps the program attached, or a negative errno. */
static int probe__attach(int program, int type, const char *function, __u64 where)
{
	struct perf_event_attr event = {
		.type = type,
		.size = sizeof(event),
		.config = where,
		.kprobe_func = (__u64)function,
	};
	int probe = syscall(SYS_perf_event_open, &event, -1, 0, -1, PERF_FLAG_FD_CLOEXEC), link, err = 0;

	if (probe < 0)
		return -errno;
	/* A link shows whom it is for; before 5.15 there are none. */
	link = bpf_link_create(program, probe, BPF_PERF_EVENT, NULL);
	if (link < 0 && ioctl(probe, PERF_EVENT_IOC_SET_BPF, program))
		err = -errno;
	if (!err && ioctl(probe, PERF_EVENT_IOC_ENABLE, 0))
		err = -errno;
	if (!err && link < 0)
		return probe;
	close(probe);
	if (err && link >= 0)
		close(link);
	return err ? err : link;
}

static int program__attach(const struct program *program, int kprobes)
{
	const char *entry = section__of(program->section, "kprobe"), *end = section__of(program->section, "kretprobe");

	if (entry || end)
		return probe__attach(program->fd, kprobes, entry ? entry : end, end ? RETPROBE : 0);
	return bpf_raw_tracepoint_open(NULL, program->fd);
}

int object__attach(struct object *object)
{
	int kprobes = strcmp(object->entry->backend, "override") ? 0 : kprobes__type();

	if (kprobes < 0)
		return report__error(STAGE_ATTACH, "the kernel's kprobe events can't be seen (%s): mount sysfs at /sys", KPROBE_EVENTS);
	object->links = calloc(object->program_count + 1, sizeof(*object->links));
	if (!object->links)
		return report__error(STAGE_ATTACH, "out of memory");

	/* refusal.c says it better, and nothing should wait for a reader of stderr while half is attached. */
	libbpf_set_print(NULL);
	for (size_t i = 0; i < object->program_count; i++) {
		int link = program__attach(&object->programs[i], kprobes);

		if (link < 0) {
			object__detach(object);
			return refusal__report_attach(object, object->programs[i].section, link);
		}
		object->links[object->link_count++] = link;
	}
	return 0;
}

/* In reverse: what injects comes last in an object, and must not outlive the frames that it depends on. */
void object__detach(struct object *object)
{
	while (object->link_count)
		close(object->links[--object->link_count]);
}

int object__report_attached(const struct object *object)
{
	const struct kernel *kernel = object->kernel;
	const char **programs = calloc(object->program_count + 1, sizeof(*programs));
	struct attached attached = {
		.bundle = object->manifest->id,
		.release = kernel->uname.release,
		.arch = kernel->arch,
		.object = object->entry->file,
		.backend = object->entry->backend,
		.programs = programs,
		.program_count = object->program_count,
		.keyring = kernel->keyring,
		.unchecked = kernel->unchecked,
	};
	int err;

	if (!programs)
		return 1;
	for (size_t i = 0; i < object->program_count; i++)
		programs[i] = object->programs[i].section;
	err = report__attached(&attached);
	free(programs);
	return err;
}

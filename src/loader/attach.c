#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "object.h"
#include "refusal.h"

#define KPROBE_EVENTS "/sys/bus/event_source/devices/kprobe/type"

/*
 * Without the kernel's own events for kprobes, libbpf would write names to tracefs, and these would outlive a loader that
 * is killed.
 */
static int kprobes__check(const struct object *object)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, object->bpf)
		if (bpf_program__type(program) == BPF_PROG_TYPE_KPROBE && access(KPROBE_EVENTS, R_OK))
			return report__error(STAGE_ATTACH, "the kernel's kprobe events can't be seen (%s): mount sysfs at /sys",
					     KPROBE_EVENTS);
	return 0;
}

int object__attach(struct object *object)
{
	struct bpf_program *program;
	size_t count = 0;
	int err = kprobes__check(object);

	if (err)
		return err;
	bpf_object__for_each_program(program, object->bpf)
		count++;
	object->links = calloc(count + 1, sizeof(*object->links));
	if (!object->links)
		return report__error(STAGE_ATTACH, "out of memory");

	/* refusal.c says it better, and nothing should wait for a reader of stderr while half is attached. */
	libbpf_set_print(NULL);
	bpf_object__for_each_program(program, object->bpf) {
		const char *section = bpf_program__section_name(program);
		struct bpf_link *link = bpf_program__attach(program);

		if (!link) {
			err = -errno;
			object__detach(object);
			return refusal__report_attach(object, section, err);
		}
		object->links[object->link_count++] = link;
	}
	return 0;
}

/* In reverse: what injects comes last in an object, and must not outlive the frames that it depends on. */
void object__detach(struct object *object)
{
	while (object->link_count)
		bpf_link__destroy(object->links[--object->link_count]);
}

int object__report_attached(const struct object *object)
{
	const char **programs = calloc(object->link_count + 1, sizeof(*programs));
	struct attached attached = {
		.bundle = object->manifest->id,
		.release = object->kernel->uname.release,
		.arch = object->kernel->arch,
		.object = object->entry->file,
		.backend = object->entry->backend,
		.programs = programs,
	};
	struct bpf_program *program;
	int err;

	if (!programs)
		return 1;
	bpf_object__for_each_program(program, object->bpf)
		programs[attached.program_count++] = bpf_program__section_name(program);
	err = report__attached(&attached);
	free(programs);
	return err;
}

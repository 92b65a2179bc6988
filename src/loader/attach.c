#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "object.h"

/* The kernel's own errno for "not supported", which strerror() does not know. */
#define ENOTSUPP 524

#define KPROBE_EVENTS "/sys/bus/event_source/devices/kprobe/type"

/* What a program's section says: where it goes (`kprobe`), and the function's name. */
static const char *section__function(const char *section)
{
	const char *slash = strchr(section, '/');

	return slash ? slash + 1 : section;
}

/* Why the kernel did not attach the program of this section. */
static const char *attach__reason(const struct object *object, const char *section, int err)
{
	bool override = !strncmp(section, "kprobe/", 7) &&
			!strcmp(section__function(section), object->manifest->function);

	switch (-err) {
	case EINVAL:
		if (override)
			return "the kernel does not let this function be failed: it is not on its list of injectable functions "
			       "(/sys/kernel/debug/error_injection/list), or the probe is not at its very entry";
		return "the kernel does not let this function be probed: it may be on its blacklist "
		       "(/sys/kernel/debug/kprobes/blacklist)";
	case ENOENT:
	case ESRCH:
		return "the kernel has no such function that can be probed: it may be inlined, or in a module that is not "
		       "loaded";
	case EBUSY:
		return "something else holds this function: a live patch, or another tracer that changes it";
	case E2BIG:
		return "too many programs are attached to this function";
	case ENOTSUPP:
	case EOPNOTSUPP:
		return "this kernel can't attach programs of this kind to its functions: try the backend override, if the bundle "
		       "has it";
	case EPERM:
	case EACCES:
		return kernel__privilege_complaint(object->kernel);
	default:
		return strerror(-err);
	}
}

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

	/* attach__reason() says it better, and nothing should wait for a reader of stderr while half is attached. */
	libbpf_set_print(NULL);
	bpf_object__for_each_program(program, object->bpf) {
		const char *section = bpf_program__section_name(program);
		struct bpf_link *link = bpf_program__attach(program);

		if (!link) {
			err = -errno;
			object__detach(object);
			return report__error(STAGE_ATTACH, "`%s` can't be attached: %s", section,
					     attach__reason(object, section, err));
		}
		object->links[object->link_count++] = link;
	}
	return 0;
}

/* The last attached, the one that injects, goes first: it never runs without the frames that it depends on. */
void object__detach(struct object *object)
{
	while (object->link_count)
		bpf_link__destroy(object->links[--object->link_count]);
}

int object__report_attached(const struct object *object)
{
	const char **programs = calloc(object->link_count + 1, sizeof(*programs));
	struct attached attached = {
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

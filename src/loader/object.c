#define _GNU_SOURCE
#include "object.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "select.h"
#include "variable.h"

/* libbpf's warnings go to people, its chatter to nobody, nor its guess at permissions: we look ourselves. */
static int libbpf__print(enum libbpf_print_level level, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));
static int libbpf__print(enum libbpf_print_level level, const char *format, va_list arguments)
{
	char *text;
	int size;

	if (level != LIBBPF_WARN || strstr(format, "permission error"))
		return 0;
	size = vasprintf(&text, format, arguments);
	if (size < 0)
		return 0;
	text[strcspn(text, "\n")] = 0;
	report__words("%s", text);
	free(text);
	return size;
}

/* All that a generated object has and this one lacks ends here: it may be well signed and still not ours. */
int object__foreign(const struct object *object, const char *what)
{
	return report__error(STAGE_LOAD, "`%s` was not made by injectc, or by another version: it has no %s of the kind "
			     "expected", object->entry->file, what);
}

/* A file in memory that libbpf can open by the path, which is /proc's. The descriptor, or -1. */
static int memory__file(const struct file *file, char path[static 32])
{
	int fd = memfd_create("btf", MFD_CLOEXEC);

	for (size_t done = 0; fd >= 0 && done < file->size;) {
		ssize_t count = write(fd, file->data + done, file->size - done);

		if (count < 0) {
			close(fd);
			return -1;
		}
		done += count;
	}
	snprintf(path, 32, "/proc/self/fd/%d", fd);
	return fd;
}

static int programs__list(struct object *object)
{
	struct bpf_program *program;
	size_t count = 0;

	bpf_object__for_each_program(program, object->bpf)
		count++;
	object->programs = calloc(count + 1, sizeof(*object->programs));
	if (!object->programs)
		return report__error(STAGE_LOAD, "out of memory");
	bpf_object__for_each_program(program, object->bpf)
		object->programs[object->program_count++] = (struct program){ .section = bpf_program__section_name(program) };
	return 0;
}

int object__open(struct object *object, const struct bundle *bundle, const struct manifest *manifest,
		 const struct manifest_object *entry, const struct kernel *kernel)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = manifest->id);
	const struct file *file = bundle__file(bundle, entry->file);
	const char *types = kernel->btf ? NULL : select__types(entry, kernel);
	char types_path[32];
	size_t size = (COUNTER_WORDS + FRAME_WORDS * manifest->frames.count) * sizeof(__u64);
	long offset;

	*object = (struct object){ .bundle = bundle, .entry = entry, .manifest = manifest, .kernel = kernel };
	libbpf_set_print(libbpf__print);
	if (types) {
		object->types = memory__file(bundle__file(bundle, types), types_path);
		if (object->types < 0)
			return report__error(STAGE_LOAD, "can't keep `%s` in memory: %s", types, strerror(errno));
		options.btf_custom_path = types_path;
		report__words("this kernel has no BTF; the bundle's types for its release are used (%s)", types);
	}
	object->bpf = bpf_object__open_mem(file->data, file->size, &options);
	if (!object->bpf)
		return report__error(STAGE_LOAD, "`%s` can't be opened as a BPF object: %s", entry->file,
				     strerror(errno));
	object->bss = bpf_object__find_map_by_name(object->bpf, ".bss");
	offset = variable__find(bpf_object__btf(object->bpf), ".bss", "counters", size);
	if (!object->bss || offset < 0 || offset + size > bpf_map__value_size(object->bss))
		return object__foreign(object, "`counters`");
	object->counters_offset = offset;
	return programs__list(object);
}

int object__expire(const struct object *object, __u64 deadline)
{
	const struct bpf_map *map = bpf_object__find_map_by_name(object->bpf, SETTINGS_SECTION);
	long offset = variable__find(bpf_object__btf(object->bpf), SETTINGS_SECTION, "deadline", sizeof(deadline));

	return offset < 0 ? 0 : variable__store(bpf_map__fd(map), offset, deadline);
}

int object__forget(const struct object *object, const struct target *target)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object->bpf, "targets");

	int err = bpf_map__delete_elem(map, target, sizeof(*target), 0);

	return err == -ENOENT ? 0 : err;
}

void object__close(struct object *object)
{
	object__detach(object);
	for (size_t i = 0; object->owns_programs && i < object->program_count; i++)
		close(object->programs[i].fd);
	bpf_object__close(object->bpf);
	free(object->programs);
	if (object->types > 0)
		close(object->types);
	free(object->links);
	free(object->log);
	*object = (struct object){};
}

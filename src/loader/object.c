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

#include "events.h"
#include "refusal.h"
#include "select.h"
#include "variable.h"

/* The longest log that kernels before 5.2 take; untouched pages of it cost nothing. */
#define LOG_SIZE (UINT_MAX >> 8)

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

int object__open(struct object *object, const struct bundle *bundle, const struct manifest *manifest,
		 const struct manifest_object *entry, const struct kernel *kernel)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = manifest->id);
	const struct file *file = bundle__file(bundle, entry->file);
	const char *types = kernel->btf ? NULL : select__types(entry, kernel);
	char types_path[32];
	size_t size = (COUNTER_WORDS + FRAME_WORDS * manifest->frames.count) * sizeof(__u64);
	long offset;

	*object = (struct object){ .entry = entry, .manifest = manifest, .kernel = kernel };
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
	return 0;
}

struct variable {
	const char *name;
	const void *value;
	size_t size;
	/* An object for a fault without a size has nothing that counts bytes, and not each tells of events. */
	bool optional;
};

/* Gives variables of a section the values with which they are loaded. */
static int section__set(const struct object *object, const char *section, const struct variable *variables, size_t count)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object->bpf, section);
	const void *initial;
	size_t size = 0;
	char *data;
	int err;

	initial = map ? bpf_map__initial_value(map, &size) : NULL;
	if (!initial)
		return object__foreign(object, section);
	data = malloc(size);
	if (!data)
		return report__error(STAGE_LOAD, "out of memory");
	memcpy(data, initial, size);
	for (size_t i = 0; i < count; i++) {
		const struct variable *variable = &variables[i];
		long offset = variable__find(bpf_object__btf(object->bpf), section, variable->name, variable->size);

		if (offset < 0 && variable->optional)
			continue;
		if (offset < 0 || offset + variable->size > size) {
			free(data);
			return object__foreign(object, variable->name);
		}
		memcpy(data + offset, variable->value, variable->size);
	}
	err = bpf_map__set_initial_value(map, data, size);
	free(data);
	return err ? object__foreign(object, section) : 0;
}

static int settings__set(const struct object *object, const struct settings *settings)
{
	struct variable variables[SETTINGS];

	for (int i = 0; i < SETTINGS; i++)
		variables[i] = (struct variable){ setting_names[i], &settings->values[i], sizeof(*settings->values),
						  i == SETTING_SPACE && !settings->values[i] };
	return section__set(object, SETTINGS_SECTION, variables, SETTINGS);
}

static int aim__set(const struct object *object, const struct targets *targets)
{
	const __u32 loader = getpid(), events = object->events;
	const struct variable variables[] = {
		{ "target_kinds", &targets->kinds, sizeof(targets->kinds), false },
		{ "cgroup_levels", &targets->cgroup_levels, sizeof(targets->cgroup_levels), false },
		{ "loader_tgid", &loader, sizeof(loader), false },
		{ "record_events", &events, sizeof(events), !events },
	};

	return section__set(object, ".rodata", variables, sizeof(variables) / sizeof(*variables));
}

/* Makes room for the targets while it still can be made. */
static int targets__prepare(struct object *object, const struct targets *targets, struct bpf_map **map)
{
	*map = bpf_object__find_map_by_name(object->bpf, "targets");
	if (!*map || bpf_map__type(*map) != BPF_MAP_TYPE_HASH || bpf_map__key_size(*map) != sizeof(struct target) ||
	    bpf_map__value_size(*map) != sizeof(__u32))
		return object__foreign(object, "map `targets`");
	if (targets->count > bpf_map__max_entries(*map) && bpf_map__set_max_entries(*map, targets->count))
		return report__error(STAGE_LOAD, "can't make room for %zu targets", targets->count);
	return 0;
}

static int targets__fill(struct bpf_map *map, const struct targets *targets)
{
	const __u32 present = 1;

	for (size_t i = 0; i < targets->count; i++) {
		int err = bpf_map__update_elem(map, &targets->list[i].target, sizeof(struct target), &present,
					       sizeof(present), BPF_ANY);

		if (err)
			return report__error(STAGE_LOAD, "can't tell the kernel of the targets: %s", strerror(-err));
	}
	return 0;
}

int object__load(struct object *object, const struct settings *settings, const struct targets *targets)
{
	struct bpf_program *program;
	struct bpf_map *map;
	int err = settings__set(object, settings);

	err = err ? err : aim__set(object, targets);
	err = err ? err : events__prepare(object);
	err = err ? err : targets__prepare(object, targets, &map);
	if (err)
		return err;
	object->log = calloc(1, LOG_SIZE);
	if (!object->log)
		return report__error(STAGE_LOAD, "out of memory");
	/* They load one after the other and stop at the first refused, so one log does for all. */
	bpf_object__for_each_program(program, object->bpf)
		bpf_program__set_log_buf(program, object->log, LOG_SIZE);
	err = bpf_object__load(object->bpf);
	return err ? refusal__report_load(object, err) : targets__fill(map, targets);
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
	bpf_object__close(object->bpf);
	if (object->types > 0)
		close(object->types);
	free(object->links);
	free(object->log);
	*object = (struct object){};
}

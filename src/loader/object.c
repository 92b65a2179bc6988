#define _GNU_SOURCE
#include "object.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "refusal.h"
#include "variable.h"

/* The longest log that kernels before 5.2 take; untouched pages of it cost nothing. */
#define LOG_SIZE (UINT_MAX >> 8)

/* Counters as they lie in a generated object's .bss: five words, then two for each frame. */
#define COUNTER_WORDS 5
#define FRAME_WORDS 2

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
static int object__foreign(const struct object *object, const char *what)
{
	return report__error(STAGE_LOAD, "`%s` was not made by injectc, or by another version: it has no %s of the kind "
			     "expected", object->entry->file, what);
}

int object__open(struct object *object, const struct bundle *bundle, const struct manifest *manifest,
		 const struct manifest_object *entry, const struct kernel *kernel)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = manifest->id);
	const struct file *file = bundle__file(bundle, entry->file);
	size_t size = (COUNTER_WORDS + FRAME_WORDS * manifest->frames.count) * sizeof(__u64);
	long offset;

	*object = (struct object){ .entry = entry, .manifest = manifest, .kernel = kernel };
	libbpf_set_print(libbpf__print);
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

static int rodata__set(struct object *object, const struct settings *settings)
{
	const __u32 *kinds = &settings->targets->kinds, *levels = &settings->targets->cgroup_levels;
	const struct {
		const char *name;
		const void *value;
		size_t size;
		/* An object for a fault without a size has nothing that counts bytes. */
		bool optional;
	} variables[] = {
		{ "probability", &settings->probability, sizeof(settings->probability), false },
		{ "times", &settings->times, sizeof(settings->times), false },
		{ "interval", &settings->interval, sizeof(settings->interval), false },
		{ "space", &settings->space, sizeof(settings->space), settings->space == 0 },
		{ "observe", &settings->observe, sizeof(settings->observe), false },
		{ "target_kinds", kinds, sizeof(*kinds), false },
		{ "cgroup_levels", levels, sizeof(*levels), false },
		{ "loader_tgid", &settings->loader_tgid, sizeof(settings->loader_tgid), false },
	};
	struct bpf_map *map = bpf_object__find_map_by_name(object->bpf, ".rodata");
	const void *initial;
	size_t size = 0;
	char *data;
	int err;

	initial = map ? bpf_map__initial_value(map, &size) : NULL;
	if (!initial)
		return object__foreign(object, ".rodata");
	data = malloc(size);
	if (!data)
		return report__error(STAGE_LOAD, "out of memory");
	memcpy(data, initial, size);
	for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++) {
		long offset = variable__find(bpf_object__btf(object->bpf), ".rodata", variables[i].name, variables[i].size);

		if (offset < 0 && variables[i].optional)
			continue;
		if (offset < 0 || offset + variables[i].size > size) {
			free(data);
			return object__foreign(object, variables[i].name);
		}
		memcpy(data + offset, variables[i].value, variables[i].size);
	}
	err = bpf_map__set_initial_value(map, data, size);
	free(data);
	return err ? object__foreign(object, ".rodata") : 0;
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
		int err = bpf_map__update_elem(map, &targets->list[i], sizeof(*targets->list), &present, sizeof(present),
					       BPF_ANY);

		if (err)
			return report__error(STAGE_LOAD, "can't tell the kernel of the targets: %s", strerror(-err));
	}
	return 0;
}

int object__load(struct object *object, const struct settings *settings)
{
	struct bpf_program *program;
	struct bpf_map *map;
	int err = rodata__set(object, settings);

	if (!err)
		err = targets__prepare(object, settings->targets, &map);
	if (err)
		return err;
	object->log = calloc(1, LOG_SIZE);
	if (!object->log)
		return report__error(STAGE_LOAD, "out of memory");
	/* They load one after the other and stop at the first refused, so one log does for all. */
	bpf_object__for_each_program(program, object->bpf)
		bpf_program__set_log_buf(program, object->log, LOG_SIZE);
	err = bpf_object__load(object->bpf);
	return err ? refusal__report_load(object, err) : targets__fill(map, settings->targets);
}

int object__count(const struct object *object, struct counters *counters)
{
	size_t size = bpf_map__value_size(object->bss);
	struct bpf_program *program;
	const __u32 key = 0;
	const __u64 *words;
	char *value = malloc(size);
	int err;

	if (!value)
		return -ENOMEM;
	err = bpf_map__lookup_elem(object->bss, &key, sizeof(key), value, size, 0);
	if (err)
		goto out;
	words = (const __u64 *)(value + object->counters_offset);
	*counters = (struct counters){ words[0], words[1], words[2], words[3], words[4], {}, 0 };
	memcpy(counters->frames, words + COUNTER_WORDS,
	       object->manifest->frames.count * FRAME_WORDS * sizeof(*words));
	bpf_object__for_each_program(program, object->bpf) {
		struct bpf_prog_info info = {};
		__u32 info_size = sizeof(info);

		err = bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &info_size);
		if (err)
			goto out;
		counters->missed += info.recursion_misses;
	}
out:
	free(value);
	return err;
}

void object__close(struct object *object)
{
	object__detach(object);
	bpf_object__close(object->bpf);
	free(object->links);
	free(object->log);
	*object = (struct object){};
}

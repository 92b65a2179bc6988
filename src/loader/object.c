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

#include "events.h"
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
int object__foreign(const struct object *object, const char *what)
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

int object__forget(const struct object *object, const struct target *target)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object->bpf, "targets");

	int err = bpf_map__delete_elem(map, target, sizeof(*target), 0);

	return err == -ENOENT ? 0 : err;
}

/* A copy of what is in a map of variables; to be freed. NULL, with errno, where it can't be read. */
static char *section__read(const struct bpf_map *map)
{
	char *value = malloc(bpf_map__value_size(map));
	const __u32 key = 0;

	if (!value || !bpf_map__lookup_elem(map, &key, sizeof(key), value, bpf_map__value_size(map), 0))
		return value;
	free(value);
	return NULL;
}

static int settings__read(const struct object *object, struct settings *settings)
{
	char *value = section__read(bpf_object__find_map_by_name(object->bpf, SETTINGS_SECTION));

	*settings = (struct settings){};
	if (!value)
		return -errno;
	for (int i = 0; i < SETTINGS; i++) {
		long offset = setting__find(bpf_object__btf(object->bpf), i);

		if (offset >= 0)
			memcpy(&settings->values[i], value + offset, sizeof(*settings->values));
	}
	free(value);
	return 0;
}

static int counters__read(const struct object *object, struct counters *counters)
{
	char *value = section__read(object->bss);
	struct bpf_program *program;
	const __u64 *words;
	long offset;
	int err = 0;

	if (!value)
		return -errno;
	words = (const __u64 *)(value + object->counters_offset);
	*counters = (struct counters){ words[0], words[1], words[2], words[3], words[4], {}, 0, 0 };
	memcpy(counters->frames, words + COUNTER_WORDS,
	       object->manifest->frames.count * FRAME_WORDS * sizeof(*words));
	bpf_object__for_each_program(program, object->bpf) {
		struct bpf_prog_info info = {};
		__u32 info_size = sizeof(info);

		err = bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &info_size);
		if (err)
			break;
		counters->missed += info.recursion_misses;
	}
	offset = variable__find(bpf_object__btf(object->bpf), ".bss", "dropped", sizeof(*words));
	if (offset >= 0)
		memcpy(&counters->dropped, value + offset, sizeof(*words));
	free(value);
	return err;
}

int object__tally(const struct object *object, struct tally *tally)
{
	*tally = (struct tally){ .function = object->manifest->function,
				 .frames = &object->manifest->frames,
				 .events = object->events };

	return settings__read(object, &tally->settings) || counters__read(object, &tally->counters);
}

void object__close(struct object *object)
{
	object__detach(object);
	bpf_object__close(object->bpf);
	free(object->links);
	free(object->log);
	*object = (struct object){};
}

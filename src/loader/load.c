#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"
#include "events.h"
#include "object.h"
#include "refusal.h"
#include "skeleton.h"
#include "variable.h"

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
	const __u64 filter = targets__filter(targets);
	const struct variable variables[] = {
		{ "target_kinds", &targets->kinds, sizeof(targets->kinds), false },
		{ "cgroup_levels", &targets->cgroup_levels, sizeof(targets->cgroup_levels), false },
		{ "cgroup_controller", &targets->cgroup_controller, sizeof(targets->cgroup_controller),
		  targets->cgroup_controller == NO_CONTROLLER },
		{ "target_filter", &filter, sizeof(filter), true },
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
	if (targets->count > bpf_map__max_entries(*map))
		bpf_map__set_max_entries(*map, targets->count);
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

/* As libbpf does it. */
static int object__load_plain(struct object *object, const struct settings *settings, const struct targets *targets)
{
	struct bpf_program *program;
	size_t count = 0;
	int err = settings__set(object, settings);

	err = err ? err : aim__set(object, targets);
	err = err ? err : events__prepare(object);
	if (err)
		return err;
	/* They load one after the other and stop at the first refused, so one log does for all. */
	bpf_object__for_each_program(program, object->bpf)
		bpf_program__set_log_buf(program, object->log, LOG_SIZE);
	err = bpf_object__load(object->bpf);
	if (err)
		return refusal__report_load(object, err);
	bpf_object__for_each_program(program, object->bpf)
		object->programs[count++].fd = bpf_program__fd(program);
	return 0;
}

/* Settings are no part of what is signed: they can be changed at any time. */
static int object__load_checked(struct object *object, const struct settings *settings, const struct targets *targets)
{
	const struct bpf_map *map = bpf_object__find_map_by_name(object->bpf, SETTINGS_SECTION);
	int err = skeleton__load(object, targets);

	for (int i = 0; !err && i < SETTINGS; i++) {
		long offset = setting__find(bpf_object__btf(object->bpf), i);

		if (offset < 0 && i == SETTING_SPACE && !settings->values[i])
			continue;
		if (offset < 0 || variable__store(bpf_map__fd(map), offset, settings->values[i]))
			return object__foreign(object, setting_names[i]);
	}
	return err;
}

int object__load(struct object *object, const struct settings *settings, const struct targets *targets)
{
	struct bpf_map *map;
	int err = targets__prepare(object, targets, &map);

	object->log = calloc(1, LOG_SIZE);
	if (!object->log)
		return report__error(STAGE_LOAD, "out of memory");
	if (!err && kernel__checks(object->kernel))
		err = object__load_checked(object, settings, targets);
	else if (!err)
		err = object__load_plain(object, settings, targets);
	return err ? err : targets__fill(map, targets);
}

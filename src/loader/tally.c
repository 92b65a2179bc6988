#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "object.h"
#include "variable.h"

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

/* A number in a copy of .bss; 0 where the object has none of that name. */
static __u64 number__read(const struct object *object, const char *bss, const char *name)
{
	long offset = variable__find(bpf_object__btf(object->bpf), ".bss", name, sizeof(__u64));
	__u64 number = 0;

	if (offset >= 0)
		memcpy(&number, bss + offset, sizeof(number));
	return number;
}

static int counters__read(const struct object *object, struct counters *counters)
{
	char *value = section__read(object->bss);
	const __u64 *words;
	int err = 0;

	if (!value)
		return -errno;
	words = (const __u64 *)(value + object->counters_offset);
	*counters = (struct counters){ words[0], words[1], words[2], words[3], words[4], {},
					number__read(object, value, "missed"), number__read(object, value, "dropped") };
	memcpy(counters->frames, words + COUNTER_WORDS,
	       object->manifest->frames.count * FRAME_WORDS * sizeof(*words));
	for (size_t i = 0; i < object->program_count; i++) {
		struct bpf_prog_info info = {};
		__u32 info_size = sizeof(info);

		err = bpf_obj_get_info_by_fd(object->programs[i].fd, &info, &info_size);
		if (err)
			break;
		counters->missed += info.recursion_misses;
	}
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

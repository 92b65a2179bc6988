#include "settings.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "instance.h"
#include "number.h"
#include "report.h"
#include "variable.h"

const char *const setting_names[SETTINGS] = {
	[SETTING_PROBABILITY] = "probability", [SETTING_TIMES] = "times",     [SETTING_INTERVAL] = "interval",
	[SETTING_SPACE] = "space",	       [SETTING_OBSERVE] = "observe",
};

/* For each setting: what it takes, and its range where it is a plain number. */
static const struct range {
	const char *takes;
	__u64 least;
	__u64 most;
} ranges[SETTINGS] = {
	[SETTING_PROBABILITY] = { "a fraction up to 1, or a percentage: 0.1, 10%; 0 injects nothing until it is set again", 0, 0 },
	[SETTING_TIMES] = { "a whole number, of all injections since the start; 0 is no limit", 0, LLONG_MAX },
	[SETTING_INTERVAL] = { "a whole number from 1 on", 1, LLONG_MAX },
	[SETTING_SPACE] = { "a number of bytes", 0, LLONG_MAX },
	[SETTING_OBSERVE] = { "1, to inject nothing and only count, or 0", 0, 1 },
};

/* What each setting is to become. */
struct change {
	bool given;
	__u64 value;
};

long setting__find(const struct btf *btf, enum setting setting)
{
	return variable__find(btf, SETTINGS_SECTION, setting_names[setting], sizeof(__u64));
}

static int changes__parse(struct change changes[static SETTINGS], const char *assignment)
{
	size_t length = strcspn(assignment, "=");
	const char *text = assignment + length + 1;

	for (int i = 0; assignment[length] && i < SETTINGS; i++) {
		const struct range *range = &ranges[i];
		struct change *change = &changes[i];
		bool good;

		if (strlen(setting_names[i]) != length || strncmp(assignment, setting_names[i], length))
			continue;
		if (i == SETTING_PROBABILITY)
			good = number__probability(text, &change->value);
		else
			good = number__decimal(text, range->most, &change->value) && change->value >= range->least;
		if (change->given)
			return report__error(STAGE_USAGE, "`--set %s` is given twice; give it once", setting_names[i]);
		change->given = true;
		return good ? 0 : report__error(STAGE_USAGE, "`--set %s` is not valid; %s takes %s", assignment,
						setting_names[i], range->takes);
	}
	return report__error(STAGE_USAGE, "`--set %s` is not valid; it takes probability=P, times=N, interval=N, space=BYTES or "
			     "observe=0|1", assignment);
}

/* Whether a value lets less through than another. */
static bool is_stricter(enum setting setting, __u64 value, __u64 than)
{
	switch (setting) {
	case SETTING_PROBABILITY:
		return value < than;
	case SETTING_TIMES:
		return value - 1 < than - 1; /* 0 is no limit */
	default:
		return value > than;
	}
}

/* What is stricter comes first, so that in between no more is let through than before or afterwards. */
static int changes__store(const struct change changes[static SETTINGS], int map, const long offsets[static SETTINGS], const char *old)
{
	for (int last = false; last <= true; last++)
		for (int i = 0; i < SETTINGS; i++) {
			__u64 before;
			int err;

			if (!changes[i].given)
				continue;
			memcpy(&before, old + offsets[i], sizeof(before));
			if (is_stricter(i, changes[i].value, before) == last)
				continue;
			err = variable__store(map, offsets[i], changes[i].value);
			if (err)
				return err;
		}
	return 0;
}

/* All of them or none. */
static int changes__apply(const struct change changes[static SETTINGS], int map)
{
	struct bpf_map_info info = {};
	__u32 size = sizeof(info), key = 0;
	struct btf *btf = NULL;
	long offsets[SETTINGS];
	char *old;
	int err = 0;

	if (!bpf_obj_get_info_by_fd(map, &info, &size))
		btf = btf__load_from_kernel_by_id(info.btf_id);
	for (int i = 0; !err && i < SETTINGS; i++) {
		offsets[i] = setting__find(btf, i);
		if (changes[i].given && offsets[i] < 0)
			err = report__error(STAGE_LOAD, "what is loaded has no setting `%s`", setting_names[i]);
	}
	btf__free(btf);
	if (err)
		return err;
	old = malloc(info.value_size);
	err = !old || bpf_map_lookup_elem(map, &key, old) ? errno : changes__store(changes, map, offsets, old);
	free(old);
	return err ? report__error(STAGE_LOAD, "can't reach the settings in the kernel: %s", strerror(err)) : 0;
}

int settings__change(const char *id, char *const *assignments, size_t count)
{
	struct change changes[SETTINGS] = {};
	__u32 position = 0;
	int map, err = 0;

	for (size_t i = 0; !err && i < count; i++)
		err = changes__parse(changes, assignments[i]);
	err = err ? err : instance__check_loaded(id);
	if (err)
		return err;
	while ((map = instance__next(&position, id, SETTINGS_SECTION)) >= 0) {
		err = changes__apply(changes, map);
		close(map);
		if (err)
			return err;
	}
	return 0;
}

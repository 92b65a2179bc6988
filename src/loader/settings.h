/* What can be changed while an object is attached: its trigger, and whether it injects at all. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <bpf/btf.h>
#include <linux/types.h>
#include <stddef.h>

/* Each is a variable of 64 bits in this section of a generated object. */
#define SETTINGS_SECTION ".data"

enum setting {
	SETTING_PROBABILITY, /* units of 2^-32 */
	SETTING_TIMES,	     /* 0: no limit */
	SETTING_INTERVAL,
	SETTING_SPACE,	 /* bytes; only of faults that have a size */
	SETTING_OBSERVE, /* 0 or 1 */
	SETTINGS,
};

struct settings {
	__u64 values[SETTINGS];
};

extern const char *const setting_names[SETTINGS];

/* Where the section has a setting, or -1. */
long setting__find(const struct btf *btf, enum setting setting);

/*
 * Changes whatever is loaded of the bundle with this id, whoever loaded it: `assignments` are `probability=5%` and the
 * like. 0, or reports and returns the exit status; with an assignment that is wrong nothing is changed.
 */
int settings__change(const char *id, char *const *assignments, size_t count);

#endif

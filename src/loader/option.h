/* The options that there are. */
#ifndef OPTION_H
#define OPTION_H

#include "options.h"

/* What an option is for: to load a bundle, or something else. */
enum use { LOADING, OTHER };

struct option {
	const char *name;
	enum use use;
	/* What usage calls its value; NULL where it takes none. */
	const char *value;
	/* Makes the value a part of the options. 0, or reports and returns the exit status. */
	int (*apply)(struct options *options, const struct option *option, const char *value);
	/* What that sets: a member of the options by its place, or a kind of targets. */
	size_t what;
	const char *help;
};

/* The option that `word` (`--name` or `--name=value`) is, or NULL; `value` points after the `=`, or is NULL. */
const struct option *option__find(const char *word, const char **value);

void usage__print(void);

#endif

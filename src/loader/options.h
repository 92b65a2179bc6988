/* The command line. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "target.h"
#include "trust.h"

/* A target as written: a value, or `@FILE`. */
struct wish {
	enum target_kind kind;
	const char *value;
};

struct knob {
	bool given;
	__u64 value;
};

struct options {
	const char *bundle;
	struct trust trust;
	/* NULL: whichever fits. */
	const char *backend;
	/* By which the kernel is to check what it loads; NULL: it is not. */
	const char *keyring;
	struct wish *wishes;
	size_t wish_count;
	bool all;
	bool observe;
	bool events;
	/* Instead of loading: end the bundle's loaders, or change what they loaded by these assignments. */
	bool stop;
	char **sets;
	size_t set_count;
	bool again;
	bool linger;
	/* Tell of this kernel, and that is all. */
	bool capture;
	/* The bundle's own value stands where none is given. */
	struct knob probability; /* units of 2^-32 */
	struct knob times;
	struct knob duration; /* nanoseconds */

	bool help;
	bool version;
	/* One of the two was asked for, and printed: nothing is left to do. */
	bool answered;
	/* There was an option that is about loading a bundle. */
	bool loading;
};

/* 0, or reports and returns the exit status. Keeps pointers into `argv`. */
int options__parse(struct options *options, int argc, char **argv);
void options__close(struct options *options);

#endif

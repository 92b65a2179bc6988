/* What the program says: one JSON object a line on stdout for programs, words for people on stderr. */
#ifndef REPORT_H
#define REPORT_H

#include <jansson.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "settings.h"
#include "target.h"

/* The most frames that a call chain has. */
#define MAX_FRAMES 16

enum stage {
	STAGE_USAGE,
	STAGE_OPEN,
	STAGE_VERIFY,
	STAGE_TARGET,
	STAGE_SELECT,
	STAGE_LOAD,
	STAGE_ATTACH,
};

/*
 * What an object has counted; `missed` are calls that it could not take into the chain and, by the kernel's own count, runs that
 * were skipped, `dropped` events that nobody reads.
 */
struct counters {
	__u64 seen;
	__u64 eligible;
	__u64 rolled_out;
	__u64 injected;
	__u64 observed;
	struct {
		__u64 entered;
		__u64 passed;
	} frames[MAX_FRAMES];
	__u64 missed;
	__u64 dropped;
};

/* The frames of a bundle's call chain, outermost first. */
struct frames {
	const char *function[MAX_FRAMES];
	size_t count;
};

/* All there is to tell of an object at a time. */
struct tally {
	/* The function that fails, as the manifest names it. */
	const char *function;
	const struct frames *frames;
	struct counters counters;
	struct settings settings;
	/* Each injection is told of. */
	bool events;
};

/* What was attached, and where. */
struct attached {
	/* The bundle's id. */
	const char *bundle;
	const char *release;
	const char *arch;
	const char *object;
	const char *backend;
	/* Whom the kernel was asked to trust, and why it can't; NULL, each, where not. */
	const char *keyring;
	const char *unchecked;
	const char **programs;
	size_t program_count;
};

/*
 * Says why the program ends; returns the exit status that goes with it: 2 for STAGE_USAGE, else 1. `log` is the one line
 * of the kernel's that tells most, or NULL. Only when nothing is attached: it may have to wait for a reader.
 */
int report__error(enum stage stage, const char *format, ...) __attribute__((format(printf, 2, 3)));
int report__error_log(enum stage stage, const char *log, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Events: a JSON line, or words and a table where stdout is a terminal. Each returns 0, or 1 when stdout takes no more.
 * While they are attached, report__counters() gives way to a reader that is slow, and the others keep what is left for
 * later. report__event() takes the JSON (NULL on a terminal), and words on a terminal.
 */
int report__attached(const struct attached *attached);
int report__counters(const struct tally *tally);
int report__gone(const struct target *target);
int report__settings(const struct settings *settings);
int report__event(json_t *json, const char *words);
int report__detached(const char *reason, const struct tally *tally);

/* A JSON string of whatever bytes: what is not UTF-8 becomes question marks. */
json_t *text__json(const char *text);

/* A line or more for people, control characters made visible. */
void report__words(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif

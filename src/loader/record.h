/* What a generated object tells of a single injection: templates/event.hbs. */
#ifndef RECORD_H
#define RECORD_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "report.h"
#include "symbols.h"

/* Longer ones are cut, at their outer end. */
#define STACK_DEPTH 64

struct record {
	__u64 time;
	__u64 task;
	char comm[16];
	__u64 observed;
	__s64 stack_bytes;
	__u64 stack[STACK_DEPTH];
	/* If there are values of frames, a word with a bit for each frame that has them, then all values, 8 bytes or a text. */
	__u64 rest[];
};

struct text {
	/* Its NUL included; negative where it could not be read. */
	__s64 size;
	char bytes[64];
};

/* A value that a predicate read: where it lies in `rest`, in bytes, and what it is. */
struct value {
	/* Of which frame; -1 is the fault function. */
	int frame;
	char kind;
	const char *text;
	size_t offset;
};

struct layout {
	struct value *values;
	size_t count;
	/* Of a whole record. */
	size_t size;
	/* What the values' texts point into. */
	char *list;
};

/* Reads an object's `event_values`; false where that is none, or there is no memory. */
bool layout__read(struct layout *layout, const char *list, size_t size, size_t frames);
void layout__close(struct layout *layout);

/* Prints a record that has the layout's size. 0, or 1 where stdout takes no more. */
int record__report(const struct record *record, const struct layout *layout, const char *function, const struct frames *frames,
		   struct symbols *symbols);

#endif

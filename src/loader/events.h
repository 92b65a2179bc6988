/*
 * What is told of single injections while an object is attached: each that its ring buffer holds, and each stack that was
 * failed where every stack is failed once. A reader that is slow costs events, never time: they are left in the ring buffer,
 * and where that is full the object counts them as dropped.
 */
#ifndef EVENTS_H
#define EVENTS_H

#include <bpf/libbpf.h>

#include "object.h"
#include "record.h"
#include "symbols.h"

/* The most stacks of an object: templates/trigger.hbs. */
#define MAX_STACKS 4096

struct events {
	const struct object *object;
	int stop;
	struct ring_buffer *ring;
	struct layout layout;
	struct symbols symbols;
	/* Stdout takes nothing at present, so events stay where they are. */
	bool held;
	/* Of the present turn: how many were printed; whether they are only counted; whether stdout is gone. */
	unsigned int printed;
	bool discard;
	bool failed;
	/* Events that nobody read by the end. */
	__u64 discarded;
	/* Where each stack is failed once: their maps, or NULL, and a bit for each that was told. */
	struct bpf_map *failed_stacks;
	struct bpf_map *stacks;
	__u64 told[MAX_STACKS / 64];
};

/* Before the object is loaded: gives its maps the size that they need, or leaves them out. 0, or reports and returns the exit status. */
int events__prepare(const struct object *object);

/* Once it is loaded; `stop` is a descriptor that can be read when the loader is to end. 0, or reports and returns the exit status. */
int events__open(struct events *events, const struct object *object, int stop);

/* Once it is attached, since that makes symbols: reads them, if they will be needed. */
void events__begin(struct events *events);

/* A descriptor that can be read when there are events and stdout takes them; -1 where there is nothing to wait for. */
int events__fd(const struct events *events);

/* Each prints what there is and stdout takes, and returns 0, or 1 where that takes no more. */
int events__tell(struct events *events);
int events__tell_stacks(struct events *events);

/* Once the object is detached: the same for all that is left, with a little patience; then the rest is counted. */
int events__finish(struct events *events);

void events__close(struct events *events);

#endif

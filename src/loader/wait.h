/* The time between attaching and detaching. */
#ifndef WAIT_H
#define WAIT_H

#include <linux/types.h>

#include "events.h"
#include "object.h"

/* Descriptors of what may end the wait. */
struct vigil {
	int signals;
	int deadline;
	int tick;
};

/*
 * Readies the wait: from here on SIGHUP, SIGINT and SIGTERM are kept for it, and SIGTSTP is put off, since a stopped
 * loader could not detach. 0, or reports and returns the exit status.
 */
int wait__open(struct vigil *vigil);

/*
 * The wait ends `duration` nanoseconds from now (0: it has no end), and the programs know it. To be called before anybody is
 * told that they are attached. 0, or reports and returns the exit status.
 */
int wait__begin(const struct vigil *vigil, __u64 duration, const struct object *object);

/*
 * Waits for a signal, for that end, or for the last of the targets to go, if there were any. Events are printed as they
 * come; once a second, what changed: targets that are gone, stacks that were failed, settings, counters. Gives the reason,
 * or NULL, having said why, where it can't go on: stdout's reader is gone, say.
 */
const char *wait__run(const struct vigil *vigil, const struct object *object, struct targets *targets, struct events *events);

/* Waits for a signal alone. */
void wait__linger(const struct vigil *vigil);

void wait__close(struct vigil *vigil);

#endif

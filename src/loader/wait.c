#include "wait.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "clock.h"
#include "output.h"
#include "report.h"
#include "screen.h"

int wait__open(struct vigil *vigil)
{
	struct sigaction hangup;
	sigset_t ends, blocked;

	sigemptyset(&ends);
	/* Under nohup(1) it is to be ignored; a terminal that is gone is noticed all the same. */
	if (sigaction(SIGHUP, NULL, &hangup) || hangup.sa_handler != SIG_IGN)
		sigaddset(&ends, SIGHUP);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	blocked = ends;
	sigaddset(&blocked, SIGTSTP);
	sigaddset(&blocked, SIGTTOU);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	signal(SIGPIPE, SIG_IGN);

	/* Time spent in suspend counts, too. */
	vigil->deadline = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	vigil->tick = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	vigil->signals = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
	if (vigil->deadline >= 0 && vigil->tick >= 0 && vigil->signals >= 0)
		return 0;
	return report__error(STAGE_ATTACH, "can't wait for signals and timers: %s", strerror(errno));
}

/* Runs `timer` out after `nanoseconds`, and with `again` each as many. 0 is never. */
static int timer__start(int timer, __u64 nanoseconds, bool again)
{
	struct itimerspec spec = { .it_value = { .tv_sec = nanoseconds / SECOND, .tv_nsec = nanoseconds % SECOND } };

	if (again)
		spec.it_interval = spec.it_value;
	return timerfd_settime(timer, 0, &spec, NULL);
}

/* Prints what of the settings and counters is not as in `last`, which becomes the present. */
static int tally__print(const struct object *object, struct tally *last)
{
	struct tally tally;
	bool set, counted;

	if (object__tally(object, &tally))
		return 1;
	set = memcmp(&last->settings, &tally.settings, sizeof(tally.settings));
	counted = memcmp(&last->counters, &tally.counters, sizeof(tally.counters));
	*last = tally;
	if (set && report__settings(&tally.settings))
		return 1;
	return (set || counted || screen__is_resized()) && report__counters(&tally);
}

/* Lets go of targets that are gone: their numbers may come again, for somebody who is not meant. */
static int targets__check(const struct object *object, struct targets *targets)
{
	struct target gone;

	while (targets__lose(targets, &gone))
		if (object__forget(object, &gone) || report__gone(&gone))
			return 1;
	return 0;
}

/* Can't go on. */
static const char *wait__fail(const char *why)
{
	report__words("%s; detaching", why);
	return NULL;
}

int wait__begin(const struct vigil *vigil, __u64 duration, const struct object *object)
{
	if (timer__start(vigil->tick, SECOND, true) || timer__start(vigil->deadline, duration, false) ||
	    (duration && object__expire(object, clock__read(CLOCK_BOOTTIME) + duration)))
		return report__error(STAGE_ATTACH, "can't start the timers: %s", strerror(errno));
	return 0;
}

const char *wait__run(const struct vigil *vigil, const struct object *object, struct targets *targets, struct events *events)
{
	struct pollfd on[] = {
		{ .fd = vigil->signals, .events = POLLIN },
		{ .fd = vigil->deadline, .events = POLLIN },
		{ .fd = vigil->tick, .events = POLLIN },
		{ .fd = STDOUT_FILENO }, /* to see its reader go, or come for the events that wait for it */
		{ .events = POLLIN },	 /* events */
	};
	struct tally tally;
	__u64 ticks;

	/* A person is to see at once that there is nothing yet. */
	if (object__tally(object, &tally) || (screen__is_there() && report__counters(&tally)))
		return wait__fail("can't read or print the counters");
	tally.counters = (struct counters){};
	events__begin(events);
	for (;;) {
		on[3].events = events->held ? POLLOUT : 0;
		on[4].fd = events__fd(events);
		if (poll(on, sizeof(on) / sizeof(*on), -1) < 0) {
			if (errno == EINTR)
				continue;
			return wait__fail("can't wait for signals and timers");
		}
		if (on[0].revents)
			return "signal";
		if (on[1].revents)
			return "deadline";
		if (on[3].revents & ~POLLOUT)
			return wait__fail("nobody reads stdout any more");
		if ((on[3].revents || on[4].revents) && events__tell(events))
			return wait__fail("can't tell of events");
		if (on[2].revents)
			output__is_ready(0); /* that writes what was put off */
		if (on[2].revents && (read(vigil->tick, &ticks, sizeof(ticks)) < 0 || targets__check(object, targets) ||
				      events__tell_stacks(events) || tally__print(object, &tally)))
			return wait__fail("can't read or print what changed");
		if (targets->kinds && !targets->count)
			return "gone";
	}
}

void wait__linger(const struct vigil *vigil)
{
	struct pollfd on = { .fd = vigil->signals, .events = POLLIN };

	while (poll(&on, 1, -1) < 0 && errno == EINTR)
		;
}

void wait__close(struct vigil *vigil)
{
	const int fds[] = { vigil->signals, vigil->deadline, vigil->tick };

	for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	*vigil = (struct vigil){ -1, -1, -1 };
}

#include "wait.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "report.h"

#define SECOND 1000000000ULL

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

/* Prints the counters if they are not `last`, which they become. */
static int counters__print(const struct object *object, struct counters *last)
{
	struct counters counters;

	if (object__count(object, &counters))
		return 1;
	if (!memcmp(last, &counters, sizeof(counters)))
		return 0;
	*last = counters;
	return report__counters(&object->manifest->frames, &counters);
}

/* Prints the settings if somebody has made them others than `last`, which they become. */
static int settings__print(const struct object *object, struct settings *last)
{
	struct settings settings;

	if (object__settings(object, &settings))
		return 1;
	if (!memcmp(last, &settings, sizeof(settings)))
		return 0;
	*last = settings;
	return report__settings(&settings);
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

const char *wait__run(const struct vigil *vigil, __u64 duration, const struct object *object, struct targets *targets)
{
	struct pollfd on[] = {
		{ .fd = vigil->signals, .events = POLLIN },
		{ .fd = vigil->deadline, .events = POLLIN },
		{ .fd = vigil->tick, .events = POLLIN },
		{ .fd = STDOUT_FILENO }, /* only to see its reader go */
	};
	struct counters last = {};
	struct settings settings;
	__u64 ticks;

	if (object__settings(object, &settings))
		return wait__fail("can't read the settings");
	if (timer__start(vigil->tick, SECOND, true) || timer__start(vigil->deadline, duration, false))
		return wait__fail("can't start the timers");
	for (;;) {
		if (poll(on, sizeof(on) / sizeof(*on), -1) < 0) {
			if (errno == EINTR)
				continue;
			return wait__fail("can't wait for signals and timers");
		}
		if (on[0].revents)
			return "signal";
		if (on[1].revents)
			return "deadline";
		if (on[3].revents)
			return wait__fail("nobody reads stdout any more");
		if (on[2].revents && (read(vigil->tick, &ticks, sizeof(ticks)) < 0 || targets__check(object, targets) ||
				      settings__print(object, &settings) ||
				      counters__print(object, &last)))
			return wait__fail("can't read or print what changed");
		if (targets->kinds && !targets->count)
			return "gone";
	}
}

void wait__close(struct vigil *vigil)
{
	const int fds[] = { vigil->signals, vigil->deadline, vigil->tick };

	for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	*vigil = (struct vigil){ -1, -1, -1 };
}

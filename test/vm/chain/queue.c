/*
 * queue SECONDS: tasks that go first wait to send a message, inside the chain, and at once again, outside of it, while a
 * crowd enters and leaves the very same function at every moment and is stopped there in midst of its programs. So for
 * calls of the same place both the return of the one and the entry of the next may be missed. Says what came of the calls
 * inside, which may fail, and of those outside, which may not: "inside hit; outside spared".
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <time.h>
#include <unistd.h>

/* Messages of the one type are sent inside the chain. */
enum { INSIDE = 7, OUTSIDE = 5, INVALID = 0 };
enum { SENDERS = 2, CROWD = 12, READERS = 1, THREADS = SENDERS + CROWD + READERS };

static int queue;
static pthread_t threads[THREADS];
static atomic_bool over;
static atomic_long sent[8], hit[8], interrupted;

static int message__send(long type, int flags)
{
	struct { long type; char text[1000]; } message = { .type = type };
	int result = msgsnd(queue, &message, sizeof(message.text), flags);

	atomic_fetch_add(&sent[type], 1);
	if (result < 0 && errno == EUCLEAN)
		atomic_fetch_add(&hit[type], 1);
	return result;
}

/* Wherever it wakes up, others stop. A signal ends the call inside, so that the next one follows at once. */
static void *sender__run(void *unused)
{
	const struct sched_param first = { .sched_priority = 1 };

	if (pthread_setschedparam(pthread_self(), SCHED_FIFO, &first))
		warnx("no real-time scheduling");
	while (!over) {
		if (message__send(INSIDE, 0) && errno == EINTR)
			atomic_fetch_add(&interrupted, 1);
		message__send(OUTSIDE, 0);
	}
	return unused;
}

/* As quickly as can be, so that it is mostly in programs. */
static void *crowd__run(void *unused)
{
	while (!over)
		message__send(INVALID, IPC_NOWAIT);
	return unused;
}

/* Makes room now and then. */
static void *reader__run(void *unused)
{
	struct { long type; char text[1000]; } message;
	const struct timespec a_while = { .tv_nsec = 1500000 };

	while (!over) {
		nanosleep(&a_while, NULL);
		for (int i = 0; i < 3; i++)
			msgrcv(queue, &message, sizeof(message.text), 0, IPC_NOWAIT);
	}
	return unused;
}

static void ignore(int unused)
{
	(void)unused;
}

int main(int argc, char **argv)
{
	struct sigaction wake = { .sa_handler = ignore };
	unsigned int seed = 1;
	time_t end;

	if (argc != 2)
		return 2;
	queue = msgget(IPC_PRIVATE, 0600);
	if (queue < 0)
		err(1, "queue");
	sigaction(SIGUSR1, &wake, NULL);
	for (long i = 0; i < THREADS; i++) {
		void *(*run)(void *) = i < SENDERS ? sender__run : i < SENDERS + CROWD ? crowd__run : reader__run;

		if (pthread_create(&threads[i], NULL, run, NULL))
			errx(1, "threads");
	}
	/* So that who sleeps is woken in whatever the crowd is at. */
	pthread_setschedparam(pthread_self(), SCHED_FIFO, &(const struct sched_param){ .sched_priority = 2 });
	end = time(NULL) + atoi(argv[1]);
	for (int i = 0; time(NULL) < end; i++) {
		const struct timespec a_while = { .tv_nsec = 200000 + rand_r(&seed) % 800000 };

		nanosleep(&a_while, NULL);
		pthread_kill(threads[i % SENDERS], SIGUSR1);
	}
	over = true;
	msgctl(queue, IPC_RMID, NULL);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	fprintf(stderr, "%ld calls inside, %ld fail, %ld end early; %ld calls outside, %ld fail\n", sent[INSIDE], hit[INSIDE],
		interrupted, sent[OUTSIDE], hit[OUTSIDE]);
	printf("inside %s; outside %s\n", hit[INSIDE] ? "hit" : "spared", hit[OUTSIDE] ? "hit" : "spared");
	return 0;
}

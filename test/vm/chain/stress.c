/*
 * stress SECONDS: many threads wait for locks, inside the chain, and do much else outside of it, while they sleep, are
 * woken by signals, preempted and killed, and timers allocate in interrupts. Says what came of the calls inside, which
 * may fail, and of those outside, which may not: "inside hit; outside spared; interrupts spared".
 */
#define _GNU_SOURCE
#include <err.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "calls.h"

/* More sleepers than the kernel has return probes for one function by default: ten, or two for each processor. */
enum { WORKERS = 4, SLEEPERS = 24, PREEMPTORS = 2, THREADS = WORKERS + SLEEPERS + PREEMPTORS };

static pthread_t threads[THREADS];
static atomic_bool over;
static long killed;

/* Each thread has the file open on its own, since locks are between openings. */
static int file__open(void)
{
	int fd = open("file", O_RDWR | O_CREAT, 0666);

	if (fd < 0)
		err(1, "file");
	return fd;
}

/* Mostly at the edge of the chain, so that others come while a program runs there. */
static void *worker__run(void *number)
{
	int fd = file__open();

	while (!over) {
		for (int i = 0; i < 32; i++)
			lock_inside(fd, (long)number);
		work_outside(fd, (long)number);
	}
	return NULL;
}

/* Holds on to return probes: the byte is never free, so only a signal ends the call. */
static void *sleeper__run(void *number)
{
	int fd = file__open();

	while (!over) {
		lock_inside(fd, 0);
		work_outside(fd, (long)number);
	}
	return NULL;
}

/* Goes first wherever it wakes up, so that others stop in the midst of things, a probe's program included. */
static void *preemptor__run(void *number)
{
	const struct sched_param first = { .sched_priority = 1 };
	unsigned int seed = (long)number;
	int fd = file__open();

	if (pthread_setschedparam(pthread_self(), SCHED_FIFO, &first))
		warnx("no real-time scheduling");
	while (!over) {
		const struct timespec a_while = { .tv_nsec = 1000000 + rand_r(&seed) % 4000000 };

		nanosleep(&a_while, NULL);
		lock_inside(fd, (long)number);
		folder__make((long)number);
	}
	return NULL;
}

/* A process whose threads are in the chain or on their way when it is killed. */
static void process__kill(void)
{
	const struct timespec a_while = { .tv_nsec = 20000000 };
	pid_t child = fork();

	count_outside("fork", child);
	if (child < 0)
		return;
	if (!child) {
		pthread_t thread;

		for (long i = 0; i < 4; i++)
			if (pthread_create(&thread, NULL, sleeper__run, (void *)(THREADS + 1 + i)))
				_exit(1);
		sleeper__run((void *)(long)(THREADS + 5));
	}
	nanosleep(&a_while, NULL);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	killed++;
}

static void ignore(int unused)
{
	(void)unused;
}

/* The timer's interrupt allocates what says where a signal is from; where it can't, the signal comes without. */
static void on_alarm(int unused, siginfo_t *from, void *unused_too)
{
	(void)unused;
	(void)unused_too;
	if (from->si_code != SI_KERNEL)
		atomic_fetch_add(&counts->interrupts, 1);
}

static void signals__prepare(void)
{
	struct sigaction wake = { .sa_handler = ignore }, alarm = { .sa_sigaction = on_alarm, .sa_flags = SA_SIGINFO | SA_RESTART };
	const struct itimerval often = { { 0, 1000 }, { 0, 1000 } };

	sigaction(SIGUSR1, &wake, NULL);
	sigaction(SIGALRM, &alarm, NULL);
	if (setitimer(ITIMER_REAL, &often, NULL))
		err(1, "setitimer");
}

static void folder__prepare(void)
{
	char path[] = "/tmp/stress.XXXXXX";

	if (!mkdtemp(path) || chdir(path))
		err(1, "%s", path);
	if (lock(file__open(), F_OFD_SETLK, 0))
		err(1, "lock");
}

static void threads__start(void)
{
	for (long i = 0; i < THREADS; i++) {
		void *(*run)(void *) = i < WORKERS ? worker__run : i < WORKERS + SLEEPERS ? sleeper__run : preemptor__run;

		if (pthread_create(&threads[i], NULL, run, (void *)(i + 1)))
			errx(1, "threads");
	}
}

/* Wakes sleepers, one after the other. */
static void sleepers__wake(int first, int count)
{
	for (int i = first; i < first + count; i++)
		pthread_kill(threads[WORKERS + i % SLEEPERS], SIGUSR1);
}

int main(int argc, char **argv)
{
	const struct timespec a_while = { .tv_nsec = 3000000 };
	time_t end;

	if (argc != 2)
		return 2;
	counts = mmap(NULL, sizeof(*counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (counts == MAP_FAILED)
		err(1, "counts");
	folder__prepare();
	threads__start();
	signals__prepare();
	end = time(NULL) + atoi(argv[1]);
	for (int round = 0; time(NULL) < end; round++) {
		nanosleep(&a_while, NULL);
		sleepers__wake(round * 3, 3);
		if (round % 16 == 0)
			process__kill();
	}
	over = true;
	setitimer(ITIMER_REAL, &(const struct itimerval){}, NULL);
	for (int i = 0; i < THREADS; i++) {
		while (pthread_tryjoin_np(threads[i], NULL)) {
			pthread_kill(threads[i], SIGUSR1);
			nanosleep(&a_while, NULL);
		}
	}
	fprintf(stderr, "%ld calls inside, %ld fail; %ld calls outside, %ld fail; %ld processes killed; %ld signals without their origin\n",
		counts->waited, counts->inside, counts->calls, counts->outside, killed, counts->interrupts);
	printf("inside %s; outside %s; interrupts %s\n", counts->inside ? "hit" : "spared",
	       counts->outside ? "hit" : "spared", counts->interrupts ? "hit" : "spared");
	return 0;
}

/*
 * task NAME: a process of that name with two threads. For each line on the FIFO NAME.in, first the one and then the
 * other makes /tmp/one, and NAME.out says what came of both: "leader hit, thread spared". NAME.pid and NAME.tid say who
 * they are. All in the current folder.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *name;
static const char *outcome;
static sem_t go, done;

static FILE *file__open(const char *suffix, const char *mode)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "%s.%s", name, suffix);
	file = fopen(path, mode);
	if (!file)
		err(1, "%s", path);
	return file;
}

static void id__write(const char *suffix, int id)
{
	FILE *file = file__open(suffix, "w");

	fprintf(file, "%d\n", id);
	fclose(file);
}

static const char *folder__try(void)
{
	if (!mkdir("/tmp/one", 0777))
		return rmdir("/tmp/one") ? "stuck" : "spared";
	return errno == EACCES ? "hit" : strerror(errno);
}

static void *thread__run(void *unused)
{
	id__write("tid", gettid());
	sem_post(&done);
	for (;;) {
		sem_wait(&go);
		outcome = folder__try();
		sem_post(&done);
	}
	return unused;
}

int main(int argc, char **argv)
{
	FILE *in, *out;
	char line[16];
	pthread_t thread;

	if (argc != 2)
		return 2;
	name = argv[1];
	prctl(PR_SET_NAME, name);
	in = file__open("in", "r+");
	out = file__open("out", "r+");
	if (pthread_create(&thread, NULL, thread__run, NULL))
		err(1, "thread");
	sem_wait(&done);
	id__write("pid", getpid());
	while (fgets(line, sizeof(line), in)) {
		const char *leader = folder__try();

		sem_post(&go);
		sem_wait(&done);
		fprintf(out, "leader %s, thread %s\n", leader, outcome);
		fflush(out);
	}
	return 0;
}

/*
 * heir SECONDS: in many processes a thread that is not the first begins a program, and so, in the midst of the call, becomes the
 * first. Says what came of these calls: "inside spared; outside spared".
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROCESSES = 20 };

static void *thread__run(void *unused)
{
	execl("/proc/self/exe", "heir", NULL);
	_exit(1);
	return unused;
}

int main(int argc, char **argv)
{
	int failed = 0;

	(void)argv;
	if (argc < 2)
		return 0;
	for (int i = 0; i < PROCESSES; i++) {
		pid_t child = fork();
		pthread_t thread;
		int status = 1;

		if (!child) {
			if (pthread_create(&thread, NULL, thread__run, NULL))
				_exit(1);
			pause();
		}
		waitpid(child, &status, 0);
		failed += status != 0;
	}
	printf("inside %s; outside spared\n", failed ? "hit" : "spared");
	return 0;
}

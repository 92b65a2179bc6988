/*
 * race THREADS COUNT: so many threads at a time each try COUNT times to make /tmp/one; prints how many tries were refused
 * with EACCES.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static long count, refused;

static void *thread__run(void *unused)
{
	for (long i = 0; i < count; i++) {
		if (!mkdir("/tmp/one", 0777))
			rmdir("/tmp/one");
		else if (errno == EACCES)
			__atomic_fetch_add(&refused, 1, __ATOMIC_RELAXED);
	}
	return unused;
}

int main(int argc, char **argv)
{
	int threads = argc == 3 ? atoi(argv[1]) : 0;
	pthread_t running[threads + 1];

	if (!threads)
		return 2;
	count = atol(argv[2]);
	for (int i = 0; i < threads; i++)
		if (pthread_create(&running[i], NULL, thread__run, NULL))
			return 1;
	for (int i = 0; i < threads; i++)
		pthread_join(running[i], NULL);
	printf("%ld\n", refused);
	return 0;
}

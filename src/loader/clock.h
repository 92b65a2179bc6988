/* Times as one number, in nanoseconds. */
#ifndef CLOCK_H
#define CLOCK_H

#include <linux/types.h>
#include <time.h>

#define SECOND 1000000000LL
#define MILLISECOND 1000000LL

static inline __s64 clock__read(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * SECOND + time.tv_nsec;
}

#endif

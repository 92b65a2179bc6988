/* The calls that stress.c makes, inside the chain and outside, and the counts of those that fail. */
#ifndef CALLS_H
#define CALLS_H

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Shared with the processes that are killed. */
static struct {
	atomic_long waited, inside, calls, outside, interrupts;
} *counts;

/* Whether a call fails for want of memory; fcntl() has a word of its own for it. */
static bool is_hit(int result)
{
	return result < 0 && (errno == ENOMEM || errno == ENOLCK);
}

static void count_outside(const char *call, int result)
{
	bool hit = is_hit(result);

	atomic_fetch_add(&counts->calls, 1);
	if (hit && !atomic_fetch_add(&counts->outside, 1))
		fprintf(stderr, "%s outside of the chain fails\n", call);
}

/* One byte of the file for each lock; the first is never free. */
static int lock(int fd, int command, int byte)
{
	return fcntl(fd, command, &(struct flock){ .l_type = F_WRLCK, .l_start = byte, .l_len = 1 });
}

/* The only call inside the chain is that which waits. */
static void lock_inside(int fd, int byte)
{
	int result = lock(fd, F_OFD_SETLKW, byte);

	atomic_fetch_add(&counts->waited, 1);
	if (is_hit(result))
		atomic_fetch_add(&counts->inside, 1);
}

static void folder__make(int number)
{
	char path[32];

	snprintf(path, sizeof(path), "folder.%d", number);
	count_outside("mkdir", mkdir(path, 0777));
	count_outside("rmdir", rmdir(path));
}

/* Calls whose allocations are made deeper in the stack, and less deep, than those of the locks. */
static void work_outside(int fd, int number)
{
	char path[32], other[32];
	void *memory;
	int fds[2];

	folder__make(number);
	snprintf(path, sizeof(path), "link.%d", number);
	snprintf(other, sizeof(other), "moved.%d", number);
	count_outside("symlink", symlink("file", path));
	count_outside("rename", rename(path, other));
	count_outside("unlink", unlink(other));
	if (pipe2(fds, O_CLOEXEC)) {
		count_outside("pipe2", -1);
	} else {
		close(fds[0]);
		close(fds[1]);
	}
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds)) {
		count_outside("socketpair", -1);
	} else {
		count_outside("write", write(fds[0], path, sizeof(path)));
		close(fds[0]);
		close(fds[1]);
	}
	memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	count_outside("mmap", memory == MAP_FAILED ? -1 : 0);
	if (memory != MAP_FAILED)
		munmap(memory, 4096);
	/* The function of the chain's frame from the very same place, but not for it. */
	count_outside("fcntl", lock(fd, F_OFD_SETLK, number));
}

#endif

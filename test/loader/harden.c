/*
 * harden: tries what a loader that was broken into might be made to do, first after harden__begin(), then after
 * harden__settle(), and prints for each whether it could. Built with the loader's parts.
 */
#define _GNU_SOURCE
#include "harden.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long try__exec(void)
{
	return execl("/bin/true", "true", NULL);
}

static long try__fork(void)
{
	pid_t child = fork();

	if (!child)
		_exit(0);
	return child > 0 ? waitpid(child, NULL, 0) : -1;
}

static long try__socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

static long try__read(void)
{
	char byte;
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	long got = fd < 0 ? -1 : read(fd, &byte, 1);

	close(fd);
	return got;
}

static long try__write(void)
{
	return open("/tmp", O_WRONLY | O_TMPFILE, 0600);
}

static long try__code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
}

static long try__memory(void)
{
	char *block = malloc(1 << 22);

	block[1 << 21] = 1;
	free(block);
	return 0;
}

/* An empty request: the kernel would say EINVAL, EBADF or the like. */
static long try__load(void)
{
	union bpf_attr attr = {};

	return syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
}

static long try__look(void)
{
	union bpf_attr attr = { .map_fd = -1 };

	return syscall(SYS_bpf, BPF_MAP_LOOKUP_ELEM, &attr, sizeof(attr));
}

static long try__signal(void)
{
	return kill(getpid(), SIGURG);
}

static long try__find(void)
{
	return kill(getpid(), 0);
}

static long try__wait(void)
{
	return poll(NULL, 0, 1);
}

static long try__chmod(void)
{
	return chmod("/nowhere", 0600);
}

static const struct attempt {
	const char *name;
	long (*run)(void);
} attempts[] = {
	{ "exec", try__exec },	   { "fork", try__fork },     { "socket", try__socket }, { "read a file", try__read },
	{ "write a file", try__write }, { "map code", try__code }, { "use memory", try__memory }, { "load BPF", try__load },
	{ "read BPF", try__look }, { "signal", try__signal }, { "look for a task", try__find }, { "wait", try__wait },
	{ "change a mode", try__chmod },
};

static void all__try(const char *when)
{
	for (size_t i = 0; i < sizeof(attempts) / sizeof(*attempts); i++) {
		errno = 0;
		printf("%s: %s: %s\n", when, attempts[i].name,
		       attempts[i].run() < 0 && errno == EPERM ? "refused" : "possible");
	}
	fflush(stdout);
}

/* The lines of the process's status that tell of it. */
static int status__print(void)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[256];

	if (!status)
		return 1;
	while (fgets(line, sizeof(line), status))
		if (!strncmp(line, "Cap", 3) || !strncmp(line, "NoNewPrivs", 10) || !strncmp(line, "Seccomp:", 8))
			fputs(line, stdout);
	fclose(status);
	return 0;
}

int main(void)
{
	harden__begin();
	all__try("begin");
	harden__settle();
	all__try("settled");
	return status__print();
}

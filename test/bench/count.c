/*
 * A guest's init that counts what one call of stat("/") takes, which allocates once: with nothing attached, with the
 * kernel's own failslab for other tasks, and with each object of /objects, which is for whom its name says:
 * NAME@KINDS@WHO, where KINDS are bits by TARGET_*, and WHO is `me` (who calls), `other`, or `busy`, as `me` while another
 * task waits in pause(). Then how long it takes to get an object attached: by libbpf, and by the loader from its bundle.
 * One line of JSON each on the report port. The guest's clock is QEMU's count of instructions, so that the time-stamp
 * counter is one, too.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <x86intrin.h>

#include "aimed.h"

#define FAILSLAB "/sys/kernel/debug/failslab/"

/* An interrupt may come into a batch, but not into the best of so many. */
enum { BATCH = 50, BATCHES = 60, STARTS = 5 };

static double count(void)
{
	unsigned long long best = -1ULL;
	struct stat is;

	for (int i = 0; i < BATCHES; i++) {
		unsigned long long start = __rdtsc(), taken;

		for (int k = 0; k < BATCH; k++)
			syscall(SYS_stat, "/", &is);
		taken = __rdtsc() - start;
		if (taken < best)
			best = taken;
	}
	return (double)best / BATCH;
}

static void tell(FILE *report, const char *name, double instructions)
{
	fprintf(report, "{\"name\":\"%s\",\"instructions\":%.1f}\n", name, instructions);
}

static void object__count(FILE *report, const char *name)
{
	const char *kinds = strchr(name, '@'), *who = kinds ? strrchr(name, '@') + 1 : "me";
	struct bpf_object *object = object__load(name, kinds ? atoi(kinds + 1) : 0, strcmp(who, "other"));
	struct bpf_link *links[MOST_LINKS];
	pid_t child = 0;
	size_t attached;

	if (!object)
		return;
	attached = object__attach(object, links);
	if (!strcmp(who, "busy")) {
		child = fork();
		if (!child)
			for (;;)
				pause();
		usleep(50000);
	}
	tell(report, name, count());
	if (child) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	object__close(object, links, attached);
}

/* From the start to where it tells that it is attached. */
static unsigned long long loader__start(void)
{
	unsigned long long start = __rdtsc(), taken;
	int ends[2];
	pid_t child;
	char byte;

	if (pipe(ends))
		return 0;
	child = fork();
	if (!child) {
		dup2(ends[1], STDOUT_FILENO);
		execl("/inject-load", "inject-load", "/bundle", "--trust", "/trust.pem", "--all", (char *)NULL);
		_exit(1);
	}
	close(ends[1]);
	taken = read(ends[0], &byte, 1) == 1 ? __rdtsc() - start : 0;
	kill(child, SIGTERM);
	waitpid(child, NULL, 0);
	close(ends[0]);
	return taken;
}

static unsigned long long library__start(void)
{
	unsigned long long start = __rdtsc(), taken;
	struct bpf_object *object = object__load("../start", 0, true);
	struct bpf_link *links[MOST_LINKS];
	size_t attached;

	if (!object)
		return 0;
	attached = object__attach(object, links);
	taken = __rdtsc() - start;
	object__close(object, links, attached);
	return taken;
}

static void tell_best(FILE *report, const char *name, unsigned long long (*start)(void))
{
	unsigned long long best = -1ULL;

	for (int i = 0; i < STARTS; i++) {
		unsigned long long taken = start();

		if (!taken)
			return;
		if (taken < best)
			best = taken;
	}
	tell(report, name, best);
}

static int set(const char *name, const char *value)
{
	char path[100];
	FILE *file;

	snprintf(path, sizeof(path), FAILSLAB "%s", name);
	file = fopen(path, "w");
	return !file || fputs(value, file) < 0 || fclose(file);
}

int main(void)
{
	struct termios raw;
	struct dirent **names;
	FILE *report;
	int found;

	mount("none", "/proc", "proc", 0, NULL);
	mount("none", "/sys", "sysfs", 0, NULL);
	mount("none", "/dev", "devtmpfs", 0, NULL);
	mount("none", "/sys/kernel/debug", "debugfs", 0, NULL);
	mount("none", CGROUPS, "cgroup2", 0, NULL);
	mkdir(CGROUPS "/other", 0755);
	report = fopen(REPORT, "w");
	if (!report)
		return 1;
	if (!tcgetattr(fileno(report), &raw)) {
		cfmakeraw(&raw);
		tcsetattr(fileno(report), TCSANOW, &raw);
	}
	setvbuf(report, NULL, _IOLBF, 0);
	tell(report, "none", count());
	/* By itself it spares allocations that may wait. */
	if (!set("ignore-gfp-wait", "N") && !set("task-filter", "Y") && !set("times", "-1") && !set("probability", "100"))
		tell(report, "failslab", count());
	set("probability", "0");
	set("ignore-gfp-wait", "Y");
	found = scandir("/objects", &names, NULL, alphasort);
	for (int i = 0; i < found; i++)
		if (*names[i]->d_name != '.')
			object__count(report, names[i]->d_name);
	tell_best(report, "start", loader__start);
	tell_best(report, "start.library", library__start);
	fputs("{\"done\":true}\n", report);
	fclose(report);
	sync();
	reboot(RB_AUTOBOOT);
}

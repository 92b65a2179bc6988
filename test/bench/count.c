/*
 * A guest's init that counts what one call of stat("/") takes, which allocates once: with nothing attached, with the
 * kernel's own failslab for other tasks, and with each object of /objects. One line of JSON each on the report port. The
 * guest's clock is QEMU's count of instructions, so that the time-stamp counter is one, too.
 */
#include <bpf/libbpf.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>
#include <x86intrin.h>

#define FAILSLAB "/sys/kernel/debug/failslab/"

/* An interrupt may come into a batch, but not into the best of so many. */
enum { BATCH = 50, BATCHES = 60 };

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

static void count_object(FILE *report, const char *name)
{
	struct bpf_object *object;
	struct bpf_program *program;
	struct bpf_link *links[16];
	size_t attached = 0;
	char path[300];

	snprintf(path, sizeof(path), "/objects/%s", name);
	object = bpf_object__open_file(path, NULL);
	if (!object || bpf_object__load(object))
		return;
	bpf_object__for_each_program(program, object)
		if (attached < 16 && (links[attached] = bpf_program__attach(program)))
			attached++;
	tell(report, name, count());
	while (attached)
		bpf_link__destroy(links[--attached]);
	bpf_object__close(object);
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
			count_object(report, names[i]->d_name);
	fputs("{\"done\":true}\n", report);
	fclose(report);
	sync();
	reboot(RB_AUTOBOOT);
}

/*
 * A guest's init that loads every object of /objects into the kernel and detaches from all again, and tells of each in
 * one line of JSON on the report port: {"object": NAME, "errno": 0} or, for one that was refused, with the log's end.
 */
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/utsname.h>
#include <termios.h>
#include <unistd.h>

/* The most of a log that is told: its end says what was wrong. */
#define TOLD 12000

static char *words;
static size_t words_size;
static FILE *words_stream;

/* libbpf's own complaints, the verifier's log among them. */
static int note(enum libbpf_print_level level, const char *format, va_list args)
{
	return level == LIBBPF_WARN && words_stream ? vfprintf(words_stream, format, args) : 0;
}

static void say_text(FILE *report, const char *text)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fprintf(report, "\\%c", *text);
		else if ((unsigned char)*text < ' ' || (unsigned char)*text > '~')
			fprintf(report, "\\u%04x", (unsigned char)*text);
		else
			fputc(*text, report);
	}
}

static void try_object(FILE *report, const char *name)
{
	struct bpf_object *object;
	char path[300];
	int err;

	snprintf(path, sizeof(path), "/objects/%s", name);
	words_stream = open_memstream(&words, &words_size);
	object = bpf_object__open_file(path, NULL);
	err = object ? bpf_object__load(object) : -errno;
	bpf_object__close(object);
	fclose(words_stream);
	words_stream = NULL;
	fprintf(report, "{\"object\":\"%s\",\"errno\":%d,\"log\":\"", name, -err);
	if (err)
		say_text(report, words + (words_size > TOLD ? words_size - TOLD : 0));
	fputs("\"}\n", report);
	fflush(report);
	free(words);
}

int main(void)
{
	struct dirent **entries;
	struct utsname kernel;
	FILE *report;
	int count;

	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	report = fopen(REPORT, "w");
	if (!report)
		reboot(RB_POWER_OFF);
	uname(&kernel);
	fprintf(report, "{\"release\":\"%s\"}\n", kernel.release);
	fflush(report);

	libbpf_set_print(note);
	count = scandir("/objects", &entries, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		if (*entries[i]->d_name != '.')
			try_object(report, entries[i]->d_name);
	}
	fputs("{\"done\":true}\n", report);
	fflush(report);
	/* What a serial port has not sent is lost when the power goes. */
	tcdrain(fileno(report));
	reboot(RB_POWER_OFF);
	return 0;
}

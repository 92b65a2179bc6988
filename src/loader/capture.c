#define _GNU_SOURCE
#include "capture.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <zlib.h>

#include "report.h"
#include "tar.h"

#define BTF_FOLDER "/sys/kernel/btf"
/* A kernel's types have some MiB; what is larger is none of what is asked for. */
#define MAX_SIZE (256 << 20)

struct text {
	char *data;
	size_t size;
};

/* The whole file, unpacked where it is gzip's; whether it could be read and is not empty. */
static bool text__read(struct text *text, const char *path)
{
	gzFile file = gzopen(path, "re");
	int count = 0;

	*text = (struct text){};
	while (file && text->size < MAX_SIZE) {
		const int step = 1 << 16;
		char *larger = realloc(text->data, text->size + step);

		if (!larger) {
			count = -1;
			break;
		}
		text->data = larger;
		count = gzread(file, text->data + text->size, step);
		if (count <= 0)
			break;
		text->size += count;
	}
	if (file)
		gzclose_r(file);
	if (count == 0 && text->size)
		return true;
	free(text->data);
	*text = (struct text){};
	return false;
}

/* Whether the archive's next file was written to stdout; tells if not. */
static bool archive__add(const char *path, const void *data, size_t size)
{
	if (tar__write(stdout, path, data, size))
		return true;
	report__words("can't write the capture: %s", strerror(errno));
	return false;
}

/* Adds the first of the files, up to a NULL, that can be read, and notes the fact; false where stdout takes no more. */
static bool fact__take(json_t *facts, const char *fact, ...)
{
	char tried[1024] = "";
	struct text text;
	va_list paths;
	const char *path;
	bool found = false, written;

	va_start(paths, fact);
	while (!found && (path = va_arg(paths, const char *))) {
		found = text__read(&text, path);
		snprintf(tried + strlen(tried), sizeof(tried) - strlen(tried), "%s%s", *tried ? ", " : "", path);
	}
	va_end(paths);
	if (!found) {
		report__words("no %s: %s can't be read", fact, tried);
		return true;
	}
	json_object_set_new(facts, fact, json_string("captured"));
	written = archive__add(fact, text.data, text.size);
	free(text.data);
	return written;
}

/* What the kernel copied for an event itself (`__data_loc`, since 6.18) is no argument, nor is what every event has. */
static bool field__is_argument(const char *field, size_t length)
{
	const char *name = memrchr(field, ' ', length);

	return name && strncmp(name, " common_", 8) && strncmp(name, " __syscall_nr", 13) &&
	       !memmem(field, length, "__data_loc", 10);
}

/* `openat(int dfd, const char *filename)`: a syscall's declared arguments are the fields of its entry event. */
static void syscall__print(FILE *to, char *format)
{
	static const char name_start[] = "name: sys_enter_", field_start[] = "\tfield:";
	const char *separator = "";
	char *rest = format, *line;

	while ((line = strsep(&rest, "\n"))) {
		if (!strncmp(line, name_start, sizeof(name_start) - 1)) {
			fprintf(to, "%s(", line + sizeof(name_start) - 1);
		} else if (!strncmp(line, field_start, sizeof(field_start) - 1)) {
			const char *field = line + sizeof(field_start) - 1;
			size_t length = strcspn(field, ";");

			if (!field__is_argument(field, length))
				continue;
			fputs(separator, to);
			separator = ", ";
			for (size_t i = 0; i < length; i++)
				if (field[i] != ' ' || !i || field[i - 1] != '*')
					fputc(field[i], to);
		}
	}
	fputs(*separator ? ")\n" : "void)\n", to);
}

static bool syscalls__take(json_t *facts, const char *tracing)
{
	struct text list = {}, format;
	struct dirent **entries = NULL;
	char folder[64], path[400];
	FILE *to = open_memstream(&list.data, &list.size);
	bool written = true;
	int count;

	snprintf(folder, sizeof(folder), "%s/events/syscalls", tracing);
	count = to ? scandir(folder, &entries, NULL, alphasort) : -1;
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s/format", folder, entries[i]->d_name);
		if (!strncmp(entries[i]->d_name, "sys_enter_", 10) && text__read(&format, path)) {
			/* Its last byte is the end of a line. */
			format.data[format.size - 1] = 0;
			syscall__print(to, format.data);
			free(format.data);
		}
		free(entries[i]);
	}
	free(entries);
	if (to)
		fclose(to);
	if (list.size) {
		json_object_set_new(facts, "syscalls.txt", json_string("captured"));
		written = archive__add("syscalls.txt", list.data, list.size);
	} else {
		report__words("no syscalls.txt: %s/sys_enter_*/format can't be read", folder);
	}
	free(list.data);
	return written;
}

static bool modules__take(json_t *facts)
{
	struct dirent **entries = NULL;
	int count = scandir(BTF_FOLDER, &entries, NULL, alphasort);
	bool written = true;

	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;
		char fact[280], path[280];

		snprintf(fact, sizeof(fact), "modules/%s.btf", name);
		snprintf(path, sizeof(path), BTF_FOLDER "/%s", name);
		if (written && tar__is_path(fact) && strcmp(name, "vmlinux"))
			written = fact__take(facts, fact, path, NULL);
		free(entries[i]);
	}
	free(entries);
	return written;
}

static bool facts__take(json_t *facts, const char *release)
{
	const char *tracing = "/sys/kernel/tracing";
	char traceable[64], boot[128], modules[128];

	if (access("/sys/kernel/tracing/available_filter_functions", R_OK))
		tracing = "/sys/kernel/debug/tracing";
	snprintf(traceable, sizeof(traceable), "%s/available_filter_functions", tracing);
	snprintf(boot, sizeof(boot), "/boot/config-%s", release);
	snprintf(modules, sizeof(modules), "/lib/modules/%s/config", release);
	return fact__take(facts, "vmlinux.btf", BTF_FOLDER "/vmlinux", NULL) && modules__take(facts) &&
	       fact__take(facts, "config", "/proc/config.gz", boot, modules, NULL) &&
	       fact__take(facts, "injectable.txt", "/sys/kernel/debug/error_injection/list", NULL) &&
	       fact__take(facts, "traceable.txt", traceable, NULL) && syscalls__take(facts, tracing);
}

int capture__write(void)
{
	json_t *facts = json_object(), *profile;
	struct utsname name;
	char *text;
	bool written;

	if (isatty(STDOUT_FILENO)) {
		report__words("a capture is a tar archive, nothing for a terminal: `inject-load --capture >node.tar`");
		json_decref(facts);
		return 2;
	}
	uname(&name);
	written = facts__take(facts, name.release);
	profile = json_pack("{s:i, s:s, s:O}", "schema", 1, "release", name.release, "facts", facts);
	text = json_dumps(profile, JSON_INDENT(2));
	written = written && text && archive__add("profile.json", text, strlen(text));
	if (written && (!tar__end(stdout) || fflush(stdout))) {
		report__words("can't write the capture: %s", strerror(errno));
		written = false;
	}
	if (written && !json_object_size(facts)) {
		report__words("nothing of this kernel could be read: run it as root, with /sys and debugfs mounted");
		written = false;
	}
	free(text);
	json_decref(profile);
	json_decref(facts);
	return written ? 0 : 1;
}

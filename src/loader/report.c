#define _GNU_SOURCE
#include "report.h"

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How long a reader may keep a line that matters waiting: whatever is attached stays so meanwhile. */
#define PATIENCE_MS 2000

static const char *const stage_names[] = {
	[STAGE_USAGE] = "usage", [STAGE_OPEN] = "open",	    [STAGE_VERIFY] = "verify", [STAGE_TARGET] = "target",
	[STAGE_SELECT] = "select", [STAGE_LOAD] = "load", [STAGE_ATTACH] = "attach",
};

/* Makes whatever a terminal could obey visible. Bytes of UTF-8 pass. */
static void text__print(FILE *to, const char *text)
{
	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		bool c1 = *c == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0;

		if ((*c < ' ' && *c != '\n' && *c != '\t') || *c == 0x7f || c1)
			fprintf(to, "\\x%02x", *c);
		else
			fputc(*c, to);
	}
}

/* A JSON string of whatever bytes: what is not UTF-8 becomes question marks. */
static json_t *text__json(const char *text)
{
	json_t *string = json_string(text);
	char *ascii;

	if (string)
		return string;
	ascii = strdup(text);
	if (!ascii)
		return NULL;
	for (char *c = ascii; *c; c++)
		if ((unsigned char)*c >= 0x80)
			*c = '?';
	string = json_string(ascii);
	free(ascii);
	return string;
}

/* Whether `fd` takes a line now, or within `timeout` ms. A pipe that says so has room for 4096 bytes (pipe(7)). */
static bool is_ready(int fd, int timeout)
{
	struct pollfd out = { .fd = fd, .events = POLLOUT };
	int ready;

	do
		ready = poll(&out, 1, timeout);
	while (ready < 0 && errno == EINTR);
	return ready > 0;
}

static int stdout__write(const char *text, size_t size)
{
	while (size) {
		ssize_t written = write(STDOUT_FILENO, text, size);

		if (written < 0 && errno == EAGAIN && is_ready(STDOUT_FILENO, PATIENCE_MS))
			continue;
		if (written < 0 && errno != EINTR)
			return 1;
		if (written > 0) {
			text += written;
			size -= written;
		}
	}
	return 0;
}

/* Takes `line`; NULL stands for one that could not be made. */
static int line__print(json_t *line, bool may_skip)
{
	char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;
	int err = 1;
	size_t size;

	json_decref(line);
	if (!text)
		return 1;
	size = strlen(text);
	if (is_ready(STDOUT_FILENO, may_skip ? 0 : PATIENCE_MS)) {
		text[size] = '\n'; /* in place of the NUL: one write is one line */
		err = stdout__write(text, size + 1);
	} else if (may_skip) {
		err = 0;
	}
	free(text);
	if (err)
		report__words("stdout takes no more: nobody reads it");
	return err;
}

static int error__print(enum stage stage, const char *log, const char *format, va_list arguments)
	__attribute__((format(printf, 3, 0)));
static int error__print(enum stage stage, const char *log, const char *format, va_list arguments)
{
	char *message = NULL;

	if (vasprintf(&message, format, arguments) < 0)
		return 1;
	report__words("%s", message);
	line__print(json_pack("{s:s, s:s, s:o, s:o}", "event", "error", "stage", stage_names[stage], "message",
			      text__json(message), "log", log ? text__json(log) : json_null()),
		    false);
	free(message);
	return stage == STAGE_USAGE ? 2 : 1;
}

int report__error(enum stage stage, const char *format, ...)
{
	va_list arguments;
	int status;

	va_start(arguments, format);
	status = error__print(stage, NULL, format, arguments);
	va_end(arguments);
	return status;
}

int report__error_log(enum stage stage, const char *log, const char *format, ...)
{
	va_list arguments;
	int status;

	va_start(arguments, format);
	status = error__print(stage, log, format, arguments);
	va_end(arguments);
	return status;
}

static json_t *counters__json(const struct frames *frames, const struct counters *counters)
{
	json_t *list = json_array();

	for (size_t i = 0; i < frames->count; i++)
		json_array_append_new(list, json_pack("{s:s, s:I, s:I}", "function", frames->function[i], "entered",
						      (json_int_t)counters->frames[i].entered, "passed",
						      (json_int_t)counters->frames[i].passed));
	return json_pack("{s:o, s:I, s:I, s:I, s:I, s:I, s:I}", "frames", list, "seen", (json_int_t)counters->seen,
			 "eligible", (json_int_t)counters->eligible, "rolledOut",
			 (json_int_t)counters->rolled_out, "injected", (json_int_t)counters->injected, "observed",
			 (json_int_t)counters->observed, "missed", (json_int_t)counters->missed);
}

int report__attached(const struct attached *attached)
{
	json_t *programs = json_array();

	for (size_t i = 0; i < attached->program_count; i++)
		json_array_append_new(programs, text__json(attached->programs[i]));
	return line__print(json_pack("{s:s, s:s, s:i, s:o, s:s, s:s, s:s, s:o}", "event", "attached", "bundle",
				     attached->bundle, "pid", (int)getpid(), "release",
				     text__json(attached->release), "arch", attached->arch, "object",
				     attached->object, "backend", attached->backend, "programs", programs),
			   false);
}

int report__counters(const struct frames *frames, const struct counters *counters)
{
	return line__print(json_pack("{s:s, s:o}", "event", "counters", "counters", counters__json(frames, counters)),
			   true);
}

int report__gone(const struct target *target)
{
	return line__print(json_pack("{s:s, s:{s:I}}", "event", "gone", "target", target_names[target->kind],
				     (json_int_t)target->id),
			   false);
}

int report__settings(const struct settings *settings)
{
	const __u64 *values = settings->values;

	return line__print(json_pack("{s:s, s:{s:f, s:I, s:I, s:I, s:b}}", "event", "settings", "settings", "probability",
				     values[SETTING_PROBABILITY] / 0x1p32, "times", (json_int_t)values[SETTING_TIMES],
				     "interval", (json_int_t)values[SETTING_INTERVAL], "space",
				     (json_int_t)values[SETTING_SPACE], "observe", values[SETTING_OBSERVE] != 0),
			   false);
}

int report__detached(const char *reason, const struct frames *frames, const struct counters *counters)
{
	return line__print(json_pack("{s:s, s:s, s:o}", "event", "detached", "reason", reason, "counters",
				     counters__json(frames, counters)),
			   false);
}

void report__words(const char *format, ...)
{
	va_list arguments;
	char *text = NULL;

	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		text = NULL;
	va_end(arguments);
	if (text && is_ready(STDERR_FILENO, PATIENCE_MS)) {
		fputs("inject-load: ", stderr);
		text__print(stderr, text);
		fputc('\n', stderr);
	}
	free(text);
}

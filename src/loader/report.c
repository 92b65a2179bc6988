#define _GNU_SOURCE
#include "report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "explain.h"
#include "output.h"
#include "screen.h"

static const char *const stage_names[] = {
	[STAGE_USAGE] = "usage", [STAGE_OPEN] = "open",	    [STAGE_VERIFY] = "verify", [STAGE_TARGET] = "target",
	[STAGE_SELECT] = "select", [STAGE_LOAD] = "load", [STAGE_ATTACH] = "attach",
};

json_t *text__json(const char *text)
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

/* One write is one line. */
static char *line__make(const json_t *json)
{
	char *bare = json_dumps(json, JSON_COMPACT), *line = NULL;

	if (bare && asprintf(&line, "%s\n", bare) < 0)
		line = NULL;
	free(bare);
	return line;
}

/*
 * An event: as JSON, which it takes (NULL stands for what could not be made), or on a terminal as words (NULL: none) and the
 * table of a tally (NULL: as it was).
 */
static int event__print(json_t *json, const char *words, const struct tally *tally, enum urgency urgency)
{
	char *text = NULL;
	int err = 1;

	/* What is not written must not be thought to be there, and to be erased next time. */
	if (screen__is_there() && urgency == OUTPUT_SKIP && !output__is_ready(0)) {
		json_decref(json);
		return 0;
	}
	if (screen__is_there())
		text = screen__draw(words, tally, urgency == OUTPUT_WAIT);
	else if (json)
		text = line__make(json);
	json_decref(json);
	if (text)
		err = output__write(text, strlen(text), urgency);
	free(text);
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
	if (!screen__is_there())
		event__print(json_pack("{s:s, s:s, s:o, s:o}", "event", "error", "stage", stage_names[stage], "message",
				       text__json(message), "log", log ? text__json(log) : json_null()),
			     NULL, NULL, OUTPUT_WAIT);
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

static json_t *counters__json(const struct tally *tally)
{
	const struct counters *counters = &tally->counters;
	json_t *list = json_array(), *json;

	for (size_t i = 0; i < tally->frames->count; i++)
		json_array_append_new(list, json_pack("{s:s, s:I, s:I}", "function", tally->frames->function[i], "entered",
						      (json_int_t)counters->frames[i].entered, "passed",
						      (json_int_t)counters->frames[i].passed));
	json = json_pack("{s:o, s:I, s:I, s:I, s:I, s:I, s:I}", "frames", list, "seen", (json_int_t)counters->seen,
			 "eligible", (json_int_t)counters->eligible, "rolledOut",
			 (json_int_t)counters->rolled_out, "injected", (json_int_t)counters->injected, "observed",
			 (json_int_t)counters->observed, "missed", (json_int_t)counters->missed);
	if (tally->events)
		json_object_set_new(json, "dropped", json_integer(counters->dropped));
	return json;
}

int report__attached(const struct attached *attached)
{
	const bool checked = attached->keyring && !attached->unchecked;
	json_t *programs = json_array(), *json;
	char words[512];

	for (size_t i = 0; i < attached->program_count; i++)
		json_array_append_new(programs, text__json(attached->programs[i]));
	snprintf(words, sizeof(words), "attached on %s by %s, bundle %s%s%s; Ctrl-C detaches\n", attached->release,
		 attached->backend, attached->bundle, checked ? ", checked by the kernel with the keyring " : "",
		 checked ? attached->keyring : "");
	json = json_pack("{s:s, s:s, s:i, s:o, s:s, s:s, s:s, s:o}", "event", "attached", "bundle", attached->bundle, "pid",
			 (int)getpid(), "release", text__json(attached->release), "arch", attached->arch, "object",
			 attached->object, "backend", attached->backend, "programs", programs);
	if (checked)
		json_object_set_new(json, "checked", json_pack("{s:s, s:s}", "by", "kernel", "keyring", attached->keyring));
	else if (attached->keyring)
		json_object_set_new(json, "checked", json_pack("{s:s, s:s}", "by", "loader", "why", attached->unchecked));
	return event__print(json, words, NULL, OUTPUT_WAIT);
}

int report__gone(const struct target *target)
{
	char words[64];

	snprintf(words, sizeof(words), "the %s %llu is gone", target_names[target->kind], (unsigned long long)target->id);
	return event__print(json_pack("{s:s, s:{s:I}}", "event", "gone", "target", target_names[target->kind],
				      (json_int_t)target->id),
			    words, NULL, OUTPUT_KEEP);
}

int report__settings(const struct settings *settings)
{
	const __u64 *values = settings->values;
	json_t *json = json_pack("{s:f, s:I, s:I, s:I, s:b}", "probability", values[SETTING_PROBABILITY] / 0x1p32, "times",
				 (json_int_t)values[SETTING_TIMES], "interval", (json_int_t)values[SETTING_INTERVAL],
				 "space", (json_int_t)values[SETTING_SPACE], "observe", values[SETTING_OBSERVE] != 0);
	char words[256];

	snprintf(words, sizeof(words), "set: probability %g %%, times %llu, interval %llu, space %llu, observe %llu",
		 values[SETTING_PROBABILITY] / 0x1p32 * 100, (unsigned long long)values[SETTING_TIMES],
		 (unsigned long long)values[SETTING_INTERVAL], (unsigned long long)values[SETTING_SPACE],
		 (unsigned long long)values[SETTING_OBSERVE]);
	return event__print(json_pack("{s:s, s:o}", "event", "settings", "settings", json), words, NULL, OUTPUT_KEEP);
}

int report__counters(const struct tally *tally)
{
	char why[512];

	explain__tally(why, sizeof(why), tally);
	return event__print(json_pack("{s:s, s:o, s:s}", "event", "counters", "counters", counters__json(tally), "why", why),
			    NULL, tally, OUTPUT_SKIP);
}

int report__event(json_t *json, const char *words)
{
	return event__print(json, words, NULL, OUTPUT_KEEP);
}

int report__detached(const char *reason, const struct tally *tally)
{
	char why[512], words[64];

	explain__tally(why, sizeof(why), tally);
	snprintf(words, sizeof(words), "detached (%s)\n", reason);
	return event__print(json_pack("{s:s, s:s, s:o, s:s}", "event", "detached", "reason", reason, "counters",
				      counters__json(tally), "why", why),
			    words, tally, OUTPUT_WAIT);
}

#define _GNU_SOURCE
#include "record.h"

#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "output.h"
#include "screen.h"
#include "stack.h"

#define ULL unsigned long long

struct told {
	const struct record *record;
	const struct layout *layout;
	const char *function;
	const struct frames *frames;
	struct stack stack;
};

/* The time of the day at a time of CLOCK_MONOTONIC not long ago. */
static struct timespec time__of(__u64 monotonic)
{
	__s64 real = clock__read(CLOCK_REALTIME) - clock__read(CLOCK_MONOTONIC) + monotonic;

	return (struct timespec){ real / SECOND, real % SECOND };
}

/* Whether a frame's values are there; those of the fault function (-1) always are. */
static bool is_noted(const struct told *told, int frame)
{
	return frame < 0 || told->record->rest[0] >> frame & 1;
}

static json_t *string__json(const struct text *text)
{
	char copy[sizeof(text->bytes) + 1] = "";

	if (text->size < 0)
		return json_null();
	memcpy(copy, text->bytes, sizeof(text->bytes));
	return text__json(copy);
}

static json_t *value__json(const struct told *told, const struct value *value)
{
	const void *at = (const char *)told->record->rest + value->offset;
	const ULL number = *(const __u64 *)at;
	char text[32];

	if (value->kind == 's')
		return string__json(at);
	if (value->kind == 'd' || (value->kind == 'u' && number <= LLONG_MAX))
		return json_integer(number);
	/* JSON's readers, and our writer, have no integers beyond. */
	snprintf(text, sizeof(text), value->kind == 'x' ? "0x%llx" : "%llu", number);
	return json_string(text);
}

/* What the predicate of a frame (or the fault function's) read; null where it was not noted. */
static json_t *arguments__json(const struct told *told, int frame)
{
	json_t *arguments = json_object();

	for (size_t i = 0; i < told->layout->count; i++) {
		const struct value *value = &told->layout->values[i];

		if (value->frame != frame)
			continue;
		if (!is_noted(told, frame)) {
			json_decref(arguments);
			return json_null();
		}
		json_object_set_new(arguments, value->text, value__json(told, value));
	}
	return arguments;
}

static json_t *record__json(const struct told *told)
{
	const struct record *record = told->record;
	struct timespec time = time__of(record->time);
	char stamp[64], comm[sizeof(record->comm) + 1] = "";
	json_t *frames = json_array();
	size_t length;

	length = strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", gmtime(&time.tv_sec));
	snprintf(stamp + length, sizeof(stamp) - length, ".%09ldZ", time.tv_nsec);
	memcpy(comm, record->comm, sizeof(record->comm));
	for (size_t i = 0; i < told->frames->count; i++)
		json_array_append_new(frames, json_pack("{s:s, s:o}", "function", told->frames->function[i], "arguments",
							arguments__json(told, i)));
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:o, s:b, s:s, s:o, s:o, s:o}", "event", "injection", "time", stamp,
			 "monotonic", (json_int_t)record->time, "pid", (json_int_t)(record->task >> 32), "tid",
			 (json_int_t)(__u32)record->task, "comm", text__json(comm), "observed", record->observed != 0,
			 "function", told->function, "arguments", arguments__json(told, -1), "frames", frames, "stack",
			 stack__json(&told->stack));
}

static void call__print(FILE *to, const struct told *told, const char *function, int frame)
{
	const char *comma = "";

	fprintf(to, "%s(", function);
	for (size_t i = 0; i < told->layout->count; i++) {
		const struct value *value = &told->layout->values[i];
		json_t *json;
		char *text;

		if (value->frame != frame || !is_noted(told, frame))
			continue;
		json = value__json(told, value);
		text = json_dumps(json, JSON_ENCODE_ANY);
		fputs(comma, to);
		text__print(to, value->text, "");
		fputc('=', to);
		text__print(to, json_is_string(json) && value->kind != 's' ? json_string_value(json) : text ? text : "?", "");
		free(text);
		json_decref(json);
		comma = ", ";
	}
	fputc(')', to);
}

/* Three lines for people. To be freed; NULL where there is no memory. */
static char *record__words(const struct told *told)
{
	const struct record *record = told->record;
	struct timespec time = time__of(record->time);
	char stamp[64], comm[sizeof(record->comm) + 1] = "", *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		return NULL;
	strftime(stamp, sizeof(stamp), "%H:%M:%S", localtime(&time.tv_sec));
	memcpy(comm, record->comm, sizeof(record->comm));
	fprintf(to, "%s.%06ld ", stamp, time.tv_nsec / 1000);
	text__print(to, comm, "");
	fprintf(to, " (pid %llu, tid %u): ", (ULL)record->task >> 32, (__u32)record->task);
	call__print(to, told, told->function, -1);
	fputs(record->observed ? " would have failed" : " failed", to);
	for (size_t i = told->frames->count; i--;) {
		fputs(i + 1 == told->frames->count ? "\n  in " : " in ", to);
		call__print(to, told, told->frames->function[i], i);
	}
	fputs("\n  stack: ", to);
	stack__print(to, &told->stack);
	fclose(to);
	return text;
}

int record__report(const struct record *record, const struct layout *layout, const char *function, const struct frames *frames,
		   struct symbols *symbols)
{
	size_t depth = record->stack_bytes > 0 ? record->stack_bytes / sizeof(__u64) : 0;
	struct told told = { record, layout, function, frames, {} };
	bool screen = screen__is_there();
	char *words;
	int err;

	stack__read(&told.stack, record->stack, depth < STACK_DEPTH ? depth : STACK_DEPTH, symbols, function);
	words = screen ? record__words(&told) : NULL;
	err = report__event(screen ? NULL : record__json(&told), words);
	free(words);
	return err;
}

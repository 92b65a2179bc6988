#define _GNU_SOURCE
#include "screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "explain.h"

#define ULL unsigned long long
/* The most columns that are filled. Where there are fewer, lines are cut, so that as many are erased as were drawn. */
#define COLUMNS 79
/* What the counters take beside each other, the numbers of a frame, and its name at the least. */
#define COUNTERS 77
#define NUMBERS 28
#define NAME 12
#define UNWRAPPED "\033[?7l"
#define WRAPPED "\033[?7h"

static struct {
	struct tally tally;
	bool any;
	unsigned int lines;
} drawn;

bool screen__is_there(void)
{
	return isatty(STDOUT_FILENO);
}

static int columns__count(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col || size.ws_col > COLUMNS ? COLUMNS : size.ws_col;
}

/* A text behind a mark, in lines that are broken between words. */
static void words__print(FILE *to, const char *mark, const char *text, int columns)
{
	int column = fprintf(to, "%s", mark);

	for (; *text; text += strspn(text, " ")) {
		int word = strcspn(text, " ");

		if (column + 1 + word > columns)
			column = fprintf(to, "\n  ") - 1;
		column += fprintf(to, " %.*s", word, text);
		text += word;
	}
	fputc('\n', to);
}

static void counters__print(FILE *to, const struct tally *tally, int columns)
{
	const struct counters *counters = &tally->counters;
	const struct {
		const char *name;
		__u64 value;
	} all[] = {
		{ "seen", counters->seen },	    { "eligible", counters->eligible }, { "rolled out", counters->rolled_out },
		{ "injected", counters->injected }, { "observed", counters->observed }, { "missed", counters->missed },
		{ "dropped", counters->dropped },
	};
	const size_t count = sizeof(all) / sizeof(*all) - !tally->events;
	char text[256] = "";

	if (columns < COUNTERS) {
		for (size_t i = 0, length = 0; i < count; i++)
			length += snprintf(text + length, sizeof(text) - length, "%s%s %llu", i ? ", " : "", all[i].name,
					   (ULL)all[i].value);
		words__print(to, " ", text, columns);
		return;
	}
	for (size_t i = 0; i < count; i++)
		fprintf(to, "%11s", all[i].name);
	fputc('\n', to);
	for (size_t i = 0; i < count; i++)
		fprintf(to, "%11llu", (ULL)all[i].value);
	fputc('\n', to);
}

static void table__print(FILE *to, const struct tally *tally)
{
	const int columns = columns__count(), name = columns > NUMBERS + NAME ? columns - NUMBERS : NAME;
	char text[512];

	if (tally->frames->count)
		fprintf(to, "%-*s %12s %12s\n", name, "call chain", "entered", "passed");
	for (size_t i = 0; i < tally->frames->count; i++)
		fprintf(to, "%*s%-*.*s %12llu %12llu\n", (int)i, "", name - (int)i, name - (int)i, tally->frames->function[i],
			(ULL)tally->counters.frames[i].entered, (ULL)tally->counters.frames[i].passed);
	fprintf(to, "%s\n", tally->function);
	counters__print(to, tally, columns);
	explain__tally(text, sizeof(text), tally);
	words__print(to, "\n->", text, columns);
}

static unsigned int lines__count(const char *text)
{
	unsigned int count = 0;

	while ((text = strchr(text, '\n'))) {
		text++;
		count++;
	}
	return count;
}

char *screen__draw(const char *line, const struct tally *tally)
{
	char *text = NULL;
	size_t size = 0;
	long table;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		return NULL;
	if (tally) {
		drawn.tally = *tally;
		drawn.any = true;
	}
	if (drawn.lines)
		fprintf(to, "\033[%uA\033[J", drawn.lines);
	if (line)
		fprintf(to, "%s\n", line);
	table = ftell(to);
	if (drawn.any) {
		fputs(UNWRAPPED, to);
		table__print(to, &drawn.tally);
		fputs(WRAPPED, to);
	}
	if (fclose(to)) {
		free(text);
		return NULL;
	}
	drawn.lines = lines__count(text + table);
	return text;
}

#define _GNU_SOURCE
#include "screen.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "explain.h"

#define ULL unsigned long long
/* The most columns that are filled. No line wraps, so that as many are erased as were drawn. */
#define COLUMNS 79
/* What the counters take beside each other, the numbers of a frame, and its name at the least. */
#define COUNTERS 77
#define NUMBERS 28
#define NAME 12
/* Where words go on in the next line. */
#define INDENT 3
#define UNWRAPPED "\033[?7l"
#define WRAPPED "\033[?7h"

struct size {
	int columns;
	unsigned int rows;
};

static struct {
	struct tally tally;
	bool any;
	unsigned int lines;
	struct size size;
} drawn;

bool screen__is_there(void)
{
	return isatty(STDOUT_FILENO);
}

/* What of the terminal a table may fill. */
static struct size size__read(void)
{
	struct winsize is = {};

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &is))
		is = (struct winsize){};
	return (struct size){ !is.ws_col || is.ws_col > COLUMNS ? COLUMNS : is.ws_col, is.ws_row ? is.ws_row : UINT_MAX };
}

bool screen__is_resized(void)
{
	struct size size;

	if (!drawn.any)
		return false;
	size = size__read();
	return size.columns != drawn.size.columns || size.rows != drawn.size.rows;
}

/* A text behind a mark, in lines that are broken between words, and a word that is longer than a line in its midst. */
static void words__print(FILE *to, const char *mark, const char *text, int columns)
{
	const int room = columns > INDENT ? columns - INDENT : 1;
	int column = fprintf(to, "%s", mark);

	for (; *text; text += strspn(text, " ")) {
		int word = strcspn(text, " ");

		if (column + 1 + word > columns)
			column = fprintf(to, "\n  ") - 1;
		word = word > room ? room : word;
		column += fprintf(to, " %.*s", word, text);
		text += word;
	}
	fputc('\n', to);
}

static void chain__print(FILE *to, const struct tally *tally, int columns)
{
	const int name = columns - NUMBERS;
	char text[512];

	if (tally->frames->count && name >= NAME)
		fprintf(to, "%-*s %12s %12s\n", name, "call chain", "entered", "passed");
	for (size_t i = 0; i < tally->frames->count; i++) {
		const char *function = tally->frames->function[i];
		ULL entered = tally->counters.frames[i].entered, passed = tally->counters.frames[i].passed;

		if (name >= NAME) {
			fprintf(to, "%*s%-*.*s %12llu %12llu\n", (int)i, "", name - (int)i, name - (int)i, function, entered,
				passed);
			continue;
		}
		snprintf(text, sizeof(text), "%s: entered %llu, passed %llu", function, entered, passed);
		words__print(to, "", text, columns);
	}
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

static void table__print(FILE *to, const struct tally *tally, int columns)
{
	char text[512];

	chain__print(to, tally, columns);
	if ((int)strlen(tally->function) <= columns)
		fprintf(to, "%s\n", tally->function);
	else
		words__print(to, "", tally->function, columns);
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

/*
 * The last `room` lines of a table, since what stands further down answers more; in the first of them, how many are left out.
 * Gives their number.
 */
static unsigned int lines__fit(FILE *to, const char *text, int columns, unsigned int room)
{
	const unsigned int count = lines__count(text);
	char note[64];

	if (count <= room) {
		fputs(text, to);
		return count;
	}
	if (!room)
		return 0;
	for (unsigned int i = count - (room - 1); i; i--)
		text = strchr(text, '\n') + 1;
	snprintf(note, sizeof(note), "%u lines left out", count - (room - 1));
	fprintf(to, "%.*s\n%s", columns, note, text);
	return room;
}

/* Draws what is in `drawn`, whether or not there is room for the `whole` of it. 0, or 1 where there is no memory. */
static int drawn__print(FILE *to, bool whole)
{
	char *table = NULL;
	size_t size = 0;
	FILE *all = open_memstream(&table, &size);

	if (!all)
		return 1;
	drawn.size = size__read();
	table__print(all, &drawn.tally, drawn.size.columns);
	if (fclose(all)) {
		free(table);
		return 1;
	}
	fputs(UNWRAPPED, to);
	drawn.lines = lines__fit(to, table, drawn.size.columns, whole ? UINT_MAX : drawn.size.rows - 1);
	fputs(WRAPPED, to);
	free(table);
	return 0;
}

char *screen__draw(const char *line, const struct tally *tally, bool last)
{
	char *text = NULL;
	size_t size = 0;
	int err = 0;
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
	if (drawn.any)
		err = drawn__print(to, last);
	if (fclose(to) || err) {
		free(text);
		return NULL;
	}
	return text;
}

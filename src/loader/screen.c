#define _GNU_SOURCE
#include "screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "explain.h"

#define ULL unsigned long long
/* What a terminal has at the least, mostly; where it has less, lines are cut, so that as many are erased as were drawn. */
#define COLUMNS 79
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

/* A sentence, in lines that are broken between words. */
static void sentence__print(FILE *to, const char *text)
{
	size_t column = fprintf(to, "\n->");

	for (column--; *text; text += strspn(text, " ")) {
		int word = strcspn(text, " ");

		if (column + 1 + word > COLUMNS)
			column = fprintf(to, "\n  ") - 1;
		column += fprintf(to, " %.*s", word, text);
		text += word;
	}
	fputc('\n', to);
}

static void table__print(FILE *to, const struct tally *tally)
{
	const struct counters *counters = &tally->counters;
	char text[512];

	if (tally->frames->count)
		fprintf(to, "%-51s %12s %12s\n", "call chain", "entered", "passed");
	for (size_t i = 0; i < tally->frames->count; i++)
		fprintf(to, "%*s%-*s %12llu %12llu\n", (int)i, "", 51 - (int)i, tally->frames->function[i],
			(ULL)counters->frames[i].entered, (ULL)counters->frames[i].passed);
	fprintf(to, "%s\n%11s%11s%11s%11s%11s%11s%s\n", tally->function, "seen", "eligible", "rolled out", "injected", "observed",
		"missed", tally->events ? "    dropped" : "");
	fprintf(to, "%11llu%11llu%11llu%11llu%11llu%11llu", (ULL)counters->seen, (ULL)counters->eligible,
		(ULL)counters->rolled_out, (ULL)counters->injected, (ULL)counters->observed, (ULL)counters->missed);
	if (tally->events)
		fprintf(to, "%11llu", (ULL)counters->dropped);
	fputc('\n', to);
	explain__tally(text, sizeof(text), tally);
	sentence__print(to, text);
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

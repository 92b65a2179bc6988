#define _GNU_SOURCE
#include "screen.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "explain.h"

#define ULL unsigned long long
/* Long lines are cut, not wrapped, so that as many are erased as were drawn. */
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

static void table__print(FILE *to, const struct tally *tally)
{
	const struct counters *counters = &tally->counters;
	char text[512];

	drawn.lines = 4;
	if (tally->frames->count) {
		fprintf(to, "%-40s %12s %12s\n", "call chain", "entered", "passed");
		drawn.lines++;
	}
	for (size_t i = 0; i < tally->frames->count; i++) {
		fprintf(to, "%*s%-*s %12llu %12llu\n", (int)i, "", 40 - (int)i, tally->frames->function[i],
			(ULL)counters->frames[i].entered, (ULL)counters->frames[i].passed);
		drawn.lines++;
	}
	fprintf(to, "%-40s %12s %12s %12s %12s %12s %12s%s\n", "fault", "seen", "eligible", "rolled out", "injected",
		"observed", "missed", tally->events ? "      dropped" : "");
	fprintf(to, "%-40s %12llu %12llu %12llu %12llu %12llu %12llu", tally->function, (ULL)counters->seen,
		(ULL)counters->eligible, (ULL)counters->rolled_out, (ULL)counters->injected, (ULL)counters->observed,
		(ULL)counters->missed);
	if (tally->events)
		fprintf(to, " %12llu", (ULL)counters->dropped);
	fputc('\n', to);
	explain__tally(text, sizeof(text), tally);
	fprintf(to, "\n-> %s\n", text);
}

char *screen__draw(const char *line, const struct tally *tally)
{
	char *text = NULL;
	size_t size = 0;
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
	if (drawn.any) {
		fputs(UNWRAPPED, to);
		table__print(to, &drawn.tally);
		fputs(WRAPPED, to);
	}
	fclose(to);
	return text;
}

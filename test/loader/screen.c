/*
 * screen COLUMNS: what report.c draws on a terminal of that width: a table, and another; while it takes nothing, settings and
 * a table; and one more. It is printed as the terminal gets it.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <pty.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "report.h"

/* Whatever the terminal has got; `from` does not block. */
static void terminal__show(int from, int to)
{
	char text[4096];
	ssize_t size;

	while ((size = read(from, text, sizeof(text))) > 0)
		if (write(to, text, size) != size)
			err(1, "write");
}

int main(int argc, char **argv)
{
	struct winsize size = { .ws_row = 24, .ws_col = argc == 2 ? atoi(argv[1]) : 0 };
	const struct frames frames = { .function = { "a_function_of_a_long_name", "another" }, .count = 2 };
	struct tally tally = { .function = "fault", .frames = &frames, .events = true, .settings.values = { 1LL << 32 } };
	int out = dup(STDOUT_FILENO), terminal, end;

	if (openpty(&terminal, &end, NULL, NULL, &size) || dup2(end, STDOUT_FILENO) < 0 ||
	    fcntl(terminal, F_SETFL, O_NONBLOCK))
		err(1, "openpty");
	for (int i = 0; i < 2; i++) {
		tally.counters.frames[0].entered = tally.counters.frames[1].entered = 1234567;
		tally.counters.dropped = 7;
		if (report__counters(&tally))
			return 1;
		terminal__show(terminal, out);
		tally.counters.frames[0].passed = 654321;
	}
	/* As by Ctrl-S and Ctrl-Q. */
	tcflow(end, TCOOFF);
	tally.counters.frames[1].passed = tally.counters.seen = tally.counters.eligible = tally.counters.injected = 1;
	if (report__settings(&tally.settings) || report__counters(&tally))
		return 1;
	tcflow(end, TCOON);
	if (report__counters(&tally))
		return 1;
	terminal__show(terminal, out);
	return 0;
}

/*
 * resized COLUMNSxROWS...: what report.c draws on a terminal that gets one size after the other: in each two tables, and an event
 * above the second. It is printed as the terminal gets it, with a NUL behind each size, and all of it at the end.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <unistd.h>

#include "report.h"
#include "screen.h"

/* Whatever the terminal has got; `from` does not block. */
static void terminal__show(int from, int to)
{
	char text[4096];
	ssize_t size;

	while ((size = read(from, text, sizeof(text))) > 0)
		if (write(to, text, size) != size)
			err(1, "write");
	if (write(to, "", 1) != 1)
		err(1, "write");
}

int main(int argc, char **argv)
{
	const struct frames frames = { .function = { "a_function_of_a_long_name", "another", "third" }, .count = 3 };
	struct tally tally = { .function = "fault", .frames = &frames, .settings.values = { 1LL << 32 } };
	int out = dup(STDOUT_FILENO), terminal, end;
	char words[32];

	if (openpty(&terminal, &end, NULL, NULL, NULL) || dup2(end, STDOUT_FILENO) < 0 || fcntl(terminal, F_SETFL, O_NONBLOCK))
		err(1, "openpty");
	for (int i = 1; i < argc; i++) {
		struct winsize size = {};

		if (sscanf(argv[i], "%hux%hu", &size.ws_col, &size.ws_row) != 2 || ioctl(terminal, TIOCSWINSZ, &size))
			errx(1, "no size: %s", argv[i]);
		if (screen__is_resized() != (i > 1))
			errx(1, "another size is not seen");
		tally.counters.seen = tally.counters.eligible = tally.counters.injected = i;
		for (size_t frame = 0; frame < frames.count; frame++)
			tally.counters.frames[frame].entered = tally.counters.frames[frame].passed = 1000000 + i;
		snprintf(words, sizeof(words), "event %d", i);
		if (report__counters(&tally) || report__event(NULL, words) || report__counters(&tally))
			return 1;
		if (screen__is_resized())
			errx(1, "the same size is not seen");
		terminal__show(terminal, out);
	}
	if (report__detached("signal", &tally))
		return 1;
	terminal__show(terminal, out);
	return 0;
}

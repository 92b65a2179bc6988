#define _GNU_SOURCE
#include "output.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "report.h"

/* How long a reader may keep a line that matters waiting: whatever is attached stays so meanwhile. */
#define PATIENCE_MS 2000

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

int output__write(const char *text, size_t size, bool may_skip)
{
	int err = 1;

	if (is_ready(STDOUT_FILENO, may_skip ? 0 : PATIENCE_MS))
		err = stdout__write(text, size);
	else if (may_skip)
		err = 0;
	if (err)
		report__words("stdout takes no more: nobody reads it");
	return err;
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

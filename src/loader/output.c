#define _GNU_SOURCE
#include "output.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report.h"

/* How long a reader may keep a line that matters waiting: whatever is attached stays so meanwhile. */
#define PATIENCE_MS 2000

void text__print(FILE *to, const char *text, const char *pass)
{
	json_t *utf8 = json_string(text); /* NULL where it is none */

	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		bool c1 = *c == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0;

		if ((*c < ' ' && !strchr(pass, *c)) || *c == 0x7f || c1 || (!utf8 && *c >= 0x80))
			fprintf(to, "\\x%02x", *c);
		else
			fputc(*c, to);
	}
	json_decref(utf8);
}

/* What stdout has not taken yet of a line that it has begun to take. */
static struct {
	char *text;
	size_t size;
	size_t written;
} rest;

/* Whether `fd` takes something now, or within `timeout` ms. A pipe that says so has room for PIPE_BUF bytes (pipe(7)). */
static bool is_ready(int fd, int timeout)
{
	struct pollfd out = { .fd = fd, .events = POLLOUT };
	int ready;

	do
		ready = poll(&out, 1, timeout);
	while (ready < 0 && errno == EINTR);
	return ready > 0;
}

/* How many bytes of `text` stdout took before it kept one waiting for `timeout` ms; a negative errno where it takes no more. */
static ssize_t stdout__write(const char *text, size_t size, int timeout)
{
	size_t written = 0;

	while (written < size && is_ready(STDOUT_FILENO, timeout)) {
		size_t piece = size - written < PIPE_BUF ? size - written : PIPE_BUF;
		ssize_t some = write(STDOUT_FILENO, text + written, piece);

		if (some < 0 && errno != EINTR && errno != EAGAIN)
			return -errno;
		if (some > 0)
			written += some;
	}
	return written;
}

/* Puts off a part of a line; an errno where there is no memory. */
static int rest__add(const char *text, size_t size)
{
	char *more = realloc(rest.text, rest.size + size);

	if (!more)
		return ENOMEM;
	memcpy(more + rest.size, text, size);
	rest.text = more;
	rest.size += size;
	return 0;
}

/* 0, 1 where some of it is left, or a negative errno where stdout takes no more. */
static int rest__write(int timeout)
{
	ssize_t written = stdout__write(rest.text + rest.written, rest.size - rest.written, timeout);

	if (written < 0)
		return written;
	rest.written += written;
	if (rest.written < rest.size)
		return 1;
	free(rest.text);
	memset(&rest, 0, sizeof(rest));
	return 0;
}

bool output__is_ready(int timeout)
{
	/* A reader that has gone shows when something is written. */
	return rest__write(timeout) <= 0 && is_ready(STDOUT_FILENO, timeout);
}

/* 0, or an errno where stdout takes no more: EPIPE, too, where its reader is there and reads nothing. */
static int line__write(const char *text, size_t size, enum urgency urgency)
{
	const int timeout = urgency == OUTPUT_WAIT ? PATIENCE_MS : 0;
	int left = rest__write(timeout);
	ssize_t written = left ? 0 : stdout__write(text, size, timeout);

	if (left < 0 || written < 0)
		return left < 0 ? -left : -written;
	if ((size_t)written == size || (!written && urgency == OUTPUT_SKIP))
		return 0;
	return urgency == OUTPUT_WAIT ? EPIPE : rest__add(text + written, size - written);
}

int output__write(const char *text, size_t size, enum urgency urgency)
{
	int err = line__write(text, size, urgency);

	if (err)
		report__words("stdout takes no more: %s", err == EPIPE ? "nobody reads it" : strerror(err));
	return err != 0;
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
		text__print(stderr, text, "\n\t");
		fputc('\n', stderr);
	}
	free(text);
}

#define _GNU_SOURCE
#include "symbols.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

#define KALLSYMS "/proc/kallsyms"
#define STALE (10 * SECOND)

/* Lines after which to ask whether they are still wanted: a millisecond, and where a processor is emulated some more. */
#define TURN 1024

/* What lies farther behind a function's start is in something of which the kernel tells no name. */
#define LONGEST_FUNCTION 0x10000

/* Of several names at one address the first, as the kernel itself has it; its names stand in the order of its list. */
static int symbol__compare(const void *a, const void *b)
{
	const struct symbol *left = a, *right = b;

	if (left->address != right->address)
		return left->address < right->address ? -1 : 1;
	return left->name < right->name ? -1 : left->name > right->name;
}

/* Adds a function; false where there is no memory. */
static bool symbols__add(struct symbols *symbols, FILE *names, __u64 address, const char *name)
{
	size_t size = strlen(name) + 1;

	/* Room doubles. */
	if (!(symbols->count & (symbols->count - 1))) {
		size_t room = symbols->count ? 2 * symbols->count : 1;
		struct symbol *list = reallocarray(symbols->list, room, sizeof(*list));

		if (!list)
			return false;
		symbols->list = list;
	}
	symbols->list[symbols->count++] = (struct symbol){ address, symbols->names_size };
	symbols->names_size += size;
	return fwrite_unlocked(name, size, 1, names) == 1;
}

/*
 * The name in a line of a function, `ffffffff81000000 t name`, behind which a tab and `[module]` may follow; else NULL. By
 * hand: there are hundreds of thousands, and sscanf() takes some ten times as long.
 */
static char *line__read(char *line, __u64 *address)
{
	for (*address = 0; *line && *line != ' '; line++)
		*address = *address << 4 | (*line <= '9' ? *line - '0' : *line - 'a' + 10);
	if (!line[0] || !line[1] || !strchr("tTwW", line[1]) || line[2] != ' ')
		return NULL;
	line += 3;
	line[strcspn(line, "\t\n")] = 0;
	return line;
}

/* False where they were no longer wanted before the end. */
static bool symbols__parse(struct symbols *symbols, FILE *from, FILE *names)
{
	char *line = NULL;
	size_t size = 0, lines = 0;
	bool unwanted = false;

	symbols->hidden = true;
	while (!unwanted && getline(&line, &size, from) >= 0) {
		__u64 address;
		const char *name = line__read(line, &address);

		if (name && address)
			symbols->hidden = false;
		if (name && !symbols__add(symbols, names, address, name))
			break;
		unwanted = lines++ % TURN == 0 && symbols->unwanted && symbols->unwanted(symbols->context);
	}
	free(line);
	return !unwanted;
}

bool symbols__read(struct symbols *symbols)
{
	struct symbols fresh = {
		.read_at = clock__read(CLOCK_MONOTONIC),
		.unwanted = symbols->unwanted,
		.context = symbols->context,
	};
	FILE *from, *names;
	bool whole = true;
	size_t size;

	if (symbols->read_at && fresh.read_at - symbols->read_at < STALE)
		return false;
	from = fopen(KALLSYMS, "re");
	if (!from) {
		fresh.hidden = true;
		fresh.error = errno;
	}
	names = from ? open_memstream(&fresh.names, &size) : NULL;
	if (names) {
		whole = symbols__parse(&fresh, from, names);
		fclose(names);
		qsort(fresh.list, fresh.count, sizeof(*fresh.list), symbol__compare);
	}
	if (from)
		fclose(from);
	symbols__close(whole ? symbols : &fresh);
	if (whole)
		*symbols = fresh;
	return whole;
}

const char *symbols__find(const struct symbols *symbols, __u64 address, __u64 *offset)
{
	size_t low = 0, high = symbols->count;

	/* The first that lies behind. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (symbols->list[middle].address > address)
			high = middle;
		else
			low = middle + 1;
	}
	if (!low || symbols->hidden || address - symbols->list[low - 1].address > LONGEST_FUNCTION)
		return NULL;
	for (low--; low && symbols->list[low - 1].address == symbols->list[low].address; low--)
		;
	*offset = address - symbols->list[low].address;
	return symbols->names + symbols->list[low].name;
}

bool symbols__have(const char *name)
{
	FILE *from = fopen(KALLSYMS, "re");
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	while (from && !found && getline(&line, &size, from) >= 0) {
		__u64 address;
		const char *here = line__read(line, &address);

		found = here && !strcmp(here, name);
	}
	free(line);
	if (from)
		fclose(from);
	return found;
}

void symbols__close(struct symbols *symbols)
{
	free(symbols->list);
	free(symbols->names);
	*symbols = (struct symbols){};
}

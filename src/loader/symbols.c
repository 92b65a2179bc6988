#define _GNU_SOURCE
#include "symbols.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

#define KALLSYMS "/proc/kallsyms"
#define STALE (10 * SECOND)

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
	/* Room doubles. */
	if (!(symbols->count & (symbols->count - 1))) {
		size_t room = symbols->count ? 2 * symbols->count : 1;
		struct symbol *list = reallocarray(symbols->list, room, sizeof(*list));

		if (!list)
			return false;
		symbols->list = list;
	}
	symbols->list[symbols->count++] = (struct symbol){ address, ftell(names) };
	return fwrite(name, strlen(name) + 1, 1, names) == 1;
}

static void symbols__parse(struct symbols *symbols, FILE *from, FILE *names)
{
	char *line = NULL;
	size_t size = 0;

	symbols->hidden = true;
	while (getline(&line, &size, from) >= 0) {
		unsigned long long address;
		char type, name[512];

		if (sscanf(line, "%llx %c %511s", &address, &type, name) != 3 || !strchr("tTwW", type))
			continue;
		if (address)
			symbols->hidden = false;
		if (!symbols__add(symbols, names, address, name))
			break;
	}
	free(line);
}

bool symbols__read(struct symbols *symbols)
{
	struct symbols fresh = { .read_at = clock__read(CLOCK_MONOTONIC) };
	FILE *from, *names;
	size_t size;

	if (symbols->read_at && fresh.read_at - symbols->read_at < STALE)
		return false;
	from = fopen(KALLSYMS, "re");
	names = from ? open_memstream(&fresh.names, &size) : NULL;
	if (names) {
		symbols__parse(&fresh, from, names);
		fclose(names);
		qsort(fresh.list, fresh.count, sizeof(*fresh.list), symbol__compare);
	}
	if (from)
		fclose(from);
	symbols__close(symbols);
	*symbols = fresh;
	return true;
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

void symbols__close(struct symbols *symbols)
{
	free(symbols->list);
	free(symbols->names);
	*symbols = (struct symbols){};
}

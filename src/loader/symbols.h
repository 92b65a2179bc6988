/* The kernel's functions by their addresses, as /proc/kallsyms has them. */
#ifndef SYMBOLS_H
#define SYMBOLS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

struct symbol {
	__u64 address;
	/* Where its name begins in `names`. */
	size_t name;
};

struct symbols {
	struct symbol *list;
	size_t count;
	char *names;
	size_t names_size;
	/* CLOCK_MONOTONIC, when they were read; 0: not yet. */
	__s64 read_at;
	/* The kernel tells no address of them, or they can't be read at all, for this errno. */
	bool hidden;
	int error;
	/* Is asked now and then while they are read, with `context`; NULL: they are always wanted. */
	bool (*unwanted)(void *context);
	void *context;
};

/*
 * Reads them anew, unless that was done within the last ten seconds; whether it did. A module may have come since. Where they
 * are no longer wanted meanwhile, it leaves them as they were: an emulated processor takes seconds for all.
 */
bool symbols__read(struct symbols *symbols);

/* The function that `address` lies in and how far behind its start; NULL where it is in none that is known. */
const char *symbols__find(const struct symbols *symbols, __u64 address, __u64 *offset);

/* Whether the kernel has a function of this name, its prototype known or not. */
bool symbols__have(const char *name);

void symbols__close(struct symbols *symbols);

#endif

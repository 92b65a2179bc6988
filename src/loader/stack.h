/* A kernel stack, from the function that was called last outwards. */
#ifndef STACK_H
#define STACK_H

#include <jansson.h>
#include <stdio.h>

#include "symbols.h"

/* As many as the kernel gives, kernel.perf_event_max_stack. */
#define MAX_STACK_DEPTH 127

struct call {
	/* NULL where it is in no function that is known. */
	const char *name;
	__u64 offset;
};

/* It holds until the symbols are read again. */
struct stack {
	struct call calls[MAX_STACK_DEPTH];
	size_t count;
	/* The kernel does not tell its symbols. */
	bool hidden;
};

/*
 * What these addresses are, from `function`, the one that fails, on: the program that looked stands in front of it. Of a
 * frame that a trampoline leads into, there is only the call itself. Symbols are read anew where something is unknown.
 */
void stack__read(struct stack *stack, const __u64 *addresses, size_t count, struct symbols *symbols, const char *function);

/* `[{"symbol","offset"}...]`, or null where the kernel's symbols can't be read. */
json_t *stack__json(const struct stack *stack);

/* `inner < outer < outermost`. */
void stack__print(FILE *to, const struct stack *stack);

#endif

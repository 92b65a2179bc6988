#include "stack.h"

#include <string.h>

/*
 * All but the first are where a call returns to, which after a call that never does is another function's start. A
 * trampoline is returned to though it called nothing.
 */
static const char *address__find(__u64 address, bool first, const struct symbols *symbols, __u64 *offset)
{
	const char *name = symbols__find(symbols, address, offset);

	if (!name || *offset || first || strstr(name, "trampoline"))
		return name;
	name = symbols__find(symbols, address - 1, offset);
	++*offset;
	return name;
}

/* `should_failslab.constprop.0` is should_failslab, too. */
static bool is_called(const char *name, const char *function)
{
	size_t length = strlen(function);

	return !strncmp(name, function, length) && (!name[length] || name[length] == '.');
}

static bool is_bpf(const char *name)
{
	return name && (!strncmp(name, "bpf_prog_", 9) || !strncmp(name, "bpf_trampoline_", 15));
}

/* Whether `name` is a function whose entry called a trampoline, which called the rest of it: one call, and twice there. */
static bool is_entry(const struct stack *stack, const char *name)
{
	size_t count = stack->count;

	return name && count > 1 && is_bpf(stack->calls[count - 1].name) && stack->calls[count - 2].name &&
	       !strcmp(stack->calls[count - 2].name, name);
}

/* The function itself in the place of the programs in front: they may have been jumped to from its entry, not called. */
static void stack__begin_at(struct stack *stack, const char *function)
{
	size_t programs = 0;

	while (programs < stack->count && is_bpf(stack->calls[programs].name))
		programs++;
	if (!programs)
		return;
	stack->count -= programs - 1;
	memmove(stack->calls + 1, stack->calls + programs, (stack->count - 1) * sizeof(*stack->calls));
	stack->calls[0] = (struct call){ function, 0 };
}

/* Whether all of it has names. */
static bool stack__look(struct stack *stack, const __u64 *addresses, size_t count, const struct symbols *symbols,
			const char *function)
{
	bool known = true, begun = false;

	stack->count = 0;
	for (size_t i = 0; i < count && stack->count < MAX_STACK_DEPTH; i++) {
		struct call call = {};

		call.name = address__find(addresses[i], i == 0, symbols, &call.offset);
		known = known && call.name;
		if (!begun && call.name && is_called(call.name, function)) {
			begun = true;
			stack->count = 0;
		}
		if (is_entry(stack, call.name))
			stack->count--;
		else
			stack->calls[stack->count++] = call;
	}
	if (!begun)
		stack__begin_at(stack, function);
	return known;
}

void stack__read(struct stack *stack, const __u64 *addresses, size_t count, struct symbols *symbols, const char *function)
{
	if (!stack__look(stack, addresses, count, symbols, function) && symbols__read(symbols))
		stack__look(stack, addresses, count, symbols, function);
	stack->hidden = symbols->hidden;
}

json_t *stack__json(const struct stack *stack)
{
	json_t *list;

	if (stack->hidden)
		return json_null();
	list = json_array();
	for (size_t i = 0; i < stack->count; i++) {
		const struct call *call = &stack->calls[i];

		json_array_append_new(list, call->name ? json_pack("{s:s, s:I}", "symbol", call->name, "offset",
								   (json_int_t)call->offset)
						       : json_pack("{s:n, s:n}", "symbol", "offset"));
	}
	return list;
}

void stack__print(FILE *to, const struct stack *stack)
{
	if (stack->hidden)
		fputs("(the kernel's symbols can't be read)", to);
	for (size_t i = 0; !stack->hidden && i < stack->count; i++)
		fprintf(to, "%s%s", i ? " < " : "", stack->calls[i].name ? stack->calls[i].name : "?");
}

#define _GNU_SOURCE
#include "events.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clock.h"
#include "output.h"
#include "screen.h"
#include "stack.h"
#include "variable.h"

/* Events that are printed before something else gets its turn. */
#define TURN 256

/* How long stdout may keep what is left at the end waiting. */
#define PATIENCE (2 * SECOND)

static int map__size(const struct object *object, const char *name, __u32 entries)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object->bpf, name);

	if (!map)
		return 0;
	return object->events ? bpf_map__set_max_entries(map, entries) : bpf_map__set_autocreate(map, false);
}

int events__prepare(const struct object *object)
{
	if (map__size(object, "injections", RING_SIZE) || map__size(object, "noted", NOTED_TASKS))
		return report__error(STAGE_LOAD, "can't make room for events");
	return 0;
}

static int record__take(void *context, void *data, size_t size)
{
	struct events *events = context;
	const struct manifest *manifest = events->object->manifest;

	if (events->discard || size != events->layout.size) {
		events->discarded++;
		return 0;
	}
	events->failed = record__report(data, &events->layout, manifest->function, &manifest->frames, &events->symbols);
	events->held = !output__is_ready(0);
	return events->failed || events->held || ++events->printed == TURN ? -EAGAIN : 0;
}

static bool descriptor__is_ready(int fd)
{
	struct pollfd on = { .fd = fd, .events = POLLIN };

	return poll(&on, 1, 0) > 0;
}

/* To end comes before symbols that nobody waits for; while somebody does, at least nothing fails any more. */
static bool symbols__are_unwanted(void *context)
{
	const struct events *events = context;

	if (!descriptor__is_ready(events->stop))
		return false;
	object__expire(events->object, 1);
	return events->ring && !descriptor__is_ready(ring_buffer__epoll_fd(events->ring));
}

/* Reads the symbols for the first time. */
static void symbols__begin(struct events *events)
{
	symbols__read(&events->symbols);
	if (events->symbols.error)
		report__words("can't read /proc/kallsyms, so stacks can't be told: %s", strerror(events->symbols.error));
	else if (events->symbols.hidden)
		report__words("the kernel hides its symbols, so stacks can't be told: that takes CAP_SYSLOG, and "
			      "`sysctl kernel.kptr_restrict` to be 0 or 1");
}

static int ring__open(struct events *events, const struct object *object)
{
	struct bpf_map *rodata = bpf_object__find_map_by_name(object->bpf, ".rodata");
	struct bpf_map *map = bpf_object__find_map_by_name(object->bpf, "injections");
	size_t size = 0, room = 0;
	long offset = variable__look(bpf_object__btf(object->bpf), ".rodata", "event_values", &size);
	const char *data = rodata ? bpf_map__initial_value(rodata, &room) : NULL;

	if (!map || !data || offset < 0 || offset + size > room ||
	    !layout__read(&events->layout, data + offset, size, object->manifest->frames.count))
		return object__foreign(object, "events");
	events->ring = ring_buffer__new(bpf_map__fd(map), record__take, events, NULL);
	if (!events->ring)
		return report__error(STAGE_LOAD, "can't read the object's ring buffer: %s", strerror(errno));
	return 0;
}

int events__open(struct events *events, const struct object *object, int stop)
{
	events->object = object;
	events->stop = stop;
	events->symbols.unwanted = symbols__are_unwanted;
	events->symbols.context = events;
	events->failed_stacks = bpf_object__find_map_by_name(object->bpf, "failed_stacks");
	events->stacks = bpf_object__find_map_by_name(object->bpf, "stacks");
	if (events->failed_stacks && (!events->stacks || bpf_map__key_size(events->failed_stacks) != sizeof(__u32) ||
				      bpf_map__max_entries(events->stacks) > MAX_STACKS ||
				      bpf_map__value_size(events->stacks) != MAX_STACK_DEPTH * sizeof(__u64)))
		return object__foreign(object, "map `stacks`");
	return object->events ? ring__open(events, object) : 0;
}

void events__begin(struct events *events)
{
	if (events->ring)
		symbols__begin(events);
}

int events__fd(const struct events *events)
{
	return events->ring && !events->held ? ring_buffer__epoll_fd(events->ring) : -1;
}

int events__tell(struct events *events)
{
	int err = 0;

	events->printed = 0;
	events->held = !events->discard && !output__is_ready(0);
	if (events->ring && !events->held)
		err = ring_buffer__consume(events->ring);
	return events->failed || (err < 0 && err != -EAGAIN);
}

static int stack__report(const struct stack *stack)
{
	char *words = NULL;
	size_t size;
	FILE *to;
	int err;

	if (!screen__is_there())
		return report__event(json_pack("{s:s, s:o}", "event", "stack", "stack", stack__json(stack)), NULL);
	to = open_memstream(&words, &size);
	if (!to)
		return 0;
	fputs("a stack that is failed once: ", to);
	stack__print(to, stack);
	fclose(to);
	err = report__event(NULL, words);
	free(words);
	return err;
}

/* Tells of a stack by its id. */
static int stack__tell(struct events *events, __u32 id)
{
	__u64 addresses[MAX_STACK_DEPTH];
	struct stack stack;
	size_t count = 0;

	if (bpf_map__lookup_elem(events->stacks, &id, sizeof(id), addresses, sizeof(addresses), 0))
		return 0;
	/* What is not taken up by the stack is 0. */
	while (count < MAX_STACK_DEPTH && addresses[count])
		count++;
	if (!events->symbols.read_at)
		symbols__begin(events);
	stack__read(&stack, addresses, count, &events->symbols, events->object->manifest->function);
	return stack__report(&stack);
}

int events__tell_stacks(struct events *events)
{
	__u32 id, *previous = NULL;

	while (events->failed_stacks &&
	       !bpf_map__get_next_key(events->failed_stacks, previous, &id, sizeof(id))) {
		__u64 bit = 1ULL << id % 64, *told = &events->told[id % MAX_STACKS / 64];

		previous = &id;
		if (*told & bit)
			continue;
		if (!output__is_ready(0))
			return 0;
		*told |= bit;
		if (stack__tell(events, id))
			return 1;
	}
	return 0;
}

int events__finish(struct events *events)
{
	const __s64 deadline = clock__read(CLOCK_MONOTONIC) + PATIENCE;
	__s64 left;

	/* Programs that ran when they were detached have come to their end after this. */
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
	while ((left = deadline - clock__read(CLOCK_MONOTONIC)) > 0) {
		if (events__tell(events) || events__tell_stacks(events))
			return 1;
		if (events->held)
			output__is_ready(left / MILLISECOND);
		else if (events->printed < TURN)
			break;
	}
	events->discard = true;
	return events__tell(events);
}

void events__close(struct events *events)
{
	ring_buffer__free(events->ring);
	layout__close(&events->layout);
	symbols__close(&events->symbols);
	*events = (struct events){};
}

/* The chosen object in the kernel: open, load, attach, count, detach. */
#ifndef OBJECT_H
#define OBJECT_H

#include <bpf/libbpf.h>

#include "bundle.h"
#include "kernel.h"
#include "manifest.h"
#include "report.h"
#include "settings.h"
#include "target.h"

/* Counters as they lie in a generated object's .bss: five words, then two for each frame. */
#define COUNTER_WORDS 5
#define FRAME_WORDS 2

/* Bytes of events that wait for being read, and tasks whose calls' arguments are kept. */
#define RING_SIZE (1024 * 1024)
#define NOTED_TASKS 4096

/* The longest log that kernels before 5.2 take; untouched pages of it cost nothing. */
#define LOG_SIZE (UINT_MAX >> 8)

struct program {
	const char *section;
	/* Once it is loaded. */
	int fd;
};

struct object {
	const struct bundle *bundle;
	const struct manifest_object *entry;
	const struct manifest *manifest;
	const struct kernel *kernel;
	/* It is to tell of each injection; set before it is loaded. */
	bool events;
	struct bpf_object *bpf;
	/* A file with the kernel's types, where it does not tell them itself; or 0. */
	int types;
	/* Where the counters lie in the map .bss. */
	struct bpf_map *bss;
	size_t counters_offset;
	/* The verifier's log of the last program refused. */
	char *log;
	/* In the order in which they are attached. Those that a skeleton has loaded are not libbpf's to close. */
	struct program *programs;
	size_t program_count;
	bool owns_programs;
	/* What keeps the first so many of them attached. */
	int *links;
	size_t link_count;
};

/* Each returns 0, or reports and returns the exit status. */
int object__open(struct object *object, const struct bundle *bundle, const struct manifest *manifest,
		 const struct manifest_object *entry, const struct kernel *kernel);
/* load.c */
int object__load(struct object *object, const struct settings *settings, const struct targets *targets);

/* Reports that the object lacks something of ours; returns the exit status. */
int object__foreign(const struct object *object, const char *what);

/* Attaches all programs, or none; attach.c. Links are not pinned: they end with this process, however it ends. */
int object__attach(struct object *object);
void object__detach(struct object *object);
int object__report_attached(const struct object *object);

/*
 * Each returns 0, or another value where the kernel will not. object__expire() has it do nothing from that time of
 * CLOCK_BOOTTIME on, even if this process can't detach it then; object__forget() makes a target one no longer, if it is.
 */
int object__expire(const struct object *object, __u64 deadline);
int object__forget(const struct object *object, const struct target *target);
/* tally.c */
int object__tally(const struct object *object, struct tally *tally);

void object__close(struct object *object);

#endif

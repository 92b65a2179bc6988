/* What a bundle says of itself: src/build/manifest.ts, of which this is the reader. */
#ifndef MANIFEST_H
#define MANIFEST_H

#include <jansson.h>
#include <linux/types.h>
#include <stdbool.h>

#include "bundle.h"
#include "instance.h"
#include "report.h"
#include "settings.h"
#include "target.h"

#define MAX_OBJECTS 64
/* A function's parameters: their possible numbers are bits of a mask. */
#define MAX_ARITY 31

/* What the kernel checks the signature of a light skeleton over. */
enum coverage {
	COVERS_INSTRUCTIONS, /* which check the metadata's hash: 6.18 to 7.2 */
	COVERS_METADATA_TOO, /* from 7.3 on */
	COVERAGES,
};

/* Paths in the bundle; NULL: there is none. */
struct skeleton {
	const char *metadata;
	struct loader {
		const char *instructions;
		const char *signature;
	} loaders[COVERAGES];
};

/*
 * Lists stay JSON, once checked: `features` and `config` of strings, `functions` of {name, arities?}, `kernels` of
 * {name, release, btf?}.
 */
struct manifest_object {
	const char *file;
	const char *arch;
	const char *backend;
	json_t *kernels;
	json_t *features;
	json_t *functions;
	json_t *config;
	struct skeleton skeleton;
};

/* All strings live as long as `root`. */
struct manifest {
	json_t *root;
	char id[ID_SIZE];
	/* The function that fails. */
	const char *function;
	struct frames frames;
	struct settings trigger;
	/* By kind: lists of numbers or of strings. */
	json_t *targets[TARGET_KINDS];
	/* Nanoseconds to live; 0: until told to stop. */
	__u64 duration;
	struct manifest_object objects[MAX_OBJECTS];
	size_t object_count;
	/* Of {path, kind, size, sha256}. */
	json_t *files;
};

/*
 * Reads the manifest's text: exactly the fields of the schema, no key twice, all paths inside the bundle, every object's
 * files listed. 0, or reports (STAGE_VERIFY) and returns the exit status.
 */
int manifest__parse(struct manifest *manifest, const struct file *text);

/* Adds the targets that the manifest names. They must exist. 0, or reports and returns the exit status. */
int manifest__add_targets(const struct manifest *manifest, struct targets *targets);

/* Whether a path is in the list `files` of a manifest, and of this kind; NULL: of any. */
bool manifest__lists(const json_t *files, const char *path, const char *kind);

/* contents.c, the part of manifest__parse() that reads `files`, and with these checked, `objects`. */
int contents__check_files(json_t *files);
int contents__check_objects(struct manifest *manifest, json_t *objects);

void manifest__close(struct manifest *manifest);

#endif

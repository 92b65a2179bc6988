/*
 * A bundle in memory. Its file is read once; what is decided later is decided from these bytes, so nothing can change
 * between a check and a use.
 */
#ifndef BUNDLE_H
#define BUNDLE_H

#include <stddef.h>

#define MANIFEST_FILE "manifest.json"
#define SIGNATURE_FILE "manifest.json.p7s"

/* The most files of a bundle beside these two. */
#define MAX_FILES 1024

/* A part of the bundle's bytes. */
struct file {
	/* Inside the bundle: `objects/x.bpf.o`. */
	const char *path;
	const unsigned char *data;
	size_t size;
};

struct bundle {
	unsigned char *data;
	size_t size;
	/* The manifest first. */
	struct file *files;
	size_t count;
};

/* Reads a bundle's file and takes it apart. 0, or reports and returns the exit status. */
int bundle__open(struct bundle *bundle, const char *path);

/* The part of bundle__open() after `data` and `size` are there. */
int bundle__parse(struct bundle *bundle);

/* The file with exactly this path, or NULL. */
const struct file *bundle__file(const struct bundle *bundle, const char *path);

void bundle__close(struct bundle *bundle);

#endif

/*
 * A bundle in memory. Each file is read once; what is decided later is decided from these bytes, so nothing can change
 * between a check and a use. Only bundle.c knows that a bundle is a folder.
 */
#ifndef BUNDLE_H
#define BUNDLE_H

#include <stddef.h>

#define MANIFEST_FILE "manifest.json"
#define SIGNATURE_FILE "manifest.json.p7s"

/* The longest path of a file inside a bundle, with its NUL. */
#define MAX_PATH 512

struct file {
	/* Inside the bundle: `objects/x.bpf.o`. */
	char *path;
	unsigned char *data;
	size_t size;
};

struct bundle {
	struct file *files;
	size_t count;
	/* Bytes of all of them, and how many names were met on the way, folders included. */
	size_t size;
	size_t entries;
};

/* Reads a bundle; regular files and folders only. 0, or reports and returns the exit status. */
int bundle__open(struct bundle *bundle, const char *path);

/* The file with exactly this path, or NULL. */
const struct file *bundle__file(const struct bundle *bundle, const char *path);

void bundle__close(struct bundle *bundle);

#endif

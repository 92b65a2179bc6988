/*
 * The form of a bundle: a ustar archive (POSIX.1-2017, pax) in the one spelling that injectc writes, so that no byte of it is
 * free. src/build/tar.ts is the writer, and has the same rules.
 */
#ifndef TAR_H
#define TAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "bundle.h"

/* The longest path of a file inside a bundle, with its NUL. */
#define MAX_PATH 100

/* Whether a path may be one in a bundle: relative, nowhere out of it, and of letters that need no quoting. */
bool tar__is_path(const char *path);

/*
 * Adds the file whose entry begins at `*at` to the bundle's, and moves on; `last` is the path of the one before, or NULL. 1;
 * 0 where the archive ends as it must; or reports and returns the negative exit status.
 */
int tar__next(struct bundle *bundle, size_t *at, const char *last);

/* Write a file of an archive in the same spelling, and what ends it; the path is one as above. False, with errno, if not. */
bool tar__write(FILE *to, const char *path, const void *data, size_t size);
bool tar__end(FILE *to);

#endif

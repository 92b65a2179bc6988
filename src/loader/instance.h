/*
 * Bundles that are loaded, whoever did it and in whatever container, as the kernel shows them: by the names of their
 * objects' maps, which begin with the bundle's id. To look takes CAP_SYS_ADMIN.
 */
#ifndef INSTANCE_H
#define INSTANCE_H

#include <linux/types.h>

#include "bundle.h"

/* The first bytes of the manifest's SHA-256 in hexadecimal, with a NUL: as much as libbpf leaves room for in `ID.rodata`. */
#define ID_SIZE 9

void instance__identify(const struct file *manifest, char id[ID_SIZE]);

/* The id that `name` is, or that of the bundle in the file `name`. 0, or reports and returns the exit status. */
int instance__name(const char *name, char id[ID_SIZE]);

/*
 * The map of this section (`.data`) of the next object that is loaded of a bundle: a descriptor, or a negative errno, which
 * is -ENOENT after the last. `position` is 0 for the first.
 */
int instance__next(__u32 *position, const char *id, const char *section);

/* Whether a loader that lives has the bundle loaded. 0, or reports (STAGE_LOAD) and returns the exit status. */
int instance__check_loaded(const char *id);

/*
 * Whether no other process has the bundle of this id loaded. 0, or reports (STAGE_LOAD) and returns the exit status. To be
 * called once our own is loaded: of two that start at a time, at least one sees the other.
 */
int instance__check_alone(const char *id);

/* Sends SIGTERM to every loader of the bundle. 0, or reports and returns the exit status. */
int instance__stop(const char *id);

#endif

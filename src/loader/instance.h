/*
 * Bundles that are loaded, whoever did it and in whatever container, as the kernel shows them: by the names of their
 * objects' maps, which begin with the bundle's id. To look takes CAP_SYS_ADMIN.
 */
#ifndef INSTANCE_H
#define INSTANCE_H

#include "bundle.h"

/* The first bytes of the manifest's SHA-256 in hexadecimal, with a NUL: as much as libbpf leaves room for in `ID.rodata`. */
#define ID_SIZE 9

void instance__identify(const struct file *manifest, char id[ID_SIZE]);

/*
 * Whether no other process has the bundle of this id loaded. 0, or reports (STAGE_LOAD) and returns the exit status. To be
 * called once our own is loaded: of two that start at a time, at least one sees the other.
 */
int instance__check_alone(const char *id);

#endif

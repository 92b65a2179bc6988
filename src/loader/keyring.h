/* Signatures of BPF programs that the kernel checks itself, by the keys of one of its keyrings: Linux 6.18 and later. */
#ifndef KEYRING_H
#define KEYRING_H

#include <bpf/bpf.h>
#include <stdbool.h>

#include "bundle.h"
#include "kernel.h"

/* The keyring of this name (`user`) or serial number. False if it can be none. */
bool keyring__find(const char *name, __s32 *id);

/*
 * Has the kernel check what is loaded by the keys of a keyring, if it can: sets what of `kernel` is about that, and says so
 * where it can't. NULL: nobody asks for it.
 */
void kernel__entrust(struct kernel *kernel, const char *keyring);

/*
 * Loads a signed program that loads others, in which `map` (-1: none) is the first, and covered by the signature if it is
 * `bound`. A descriptor, or a negative errno.
 */
int keyring__load(const struct file *instructions, const struct file *signature, __s32 keyring, int map, bool bound);

/* Reports why the kernel did not take the skeleton of the object `name`. Returns the exit status. */
int keyring__refuse(const struct kernel *kernel, const char *name, int err);

/* bpf(2), for what is younger than libbpf. A negative errno where it fails. */
int bpf__call(enum bpf_cmd command, void *attributes, size_t size);

#endif

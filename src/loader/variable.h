/* Where a generated object keeps its variables. */
#ifndef VARIABLE_H
#define VARIABLE_H

#include <bpf/btf.h>
#include <stddef.h>

/*
 * The offset of a variable in the section `section` (`.rodata`), and its size in bytes, or -1 where there is no such. libbpf
 * has fixed offsets up from the symbols in the BTF of an object that it opened, and in what the kernel has of it.
 */
long variable__look(const struct btf *btf, const char *section, const char *name, size_t *size);

/* The same for one that has `size` bytes. */
long variable__find(const struct btf *btf, const char *section, const char *name, size_t size);

/*
 * Stores a variable of 64 bits where the programs read it, in one go: a write of the whole map could undo that of somebody
 * else. 0, or an errno.
 */
int variable__store(int map, long offset, __u64 value);

#endif

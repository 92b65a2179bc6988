/* Where a generated object keeps its variables. */
#ifndef VARIABLE_H
#define VARIABLE_H

#include <bpf/btf.h>
#include <stddef.h>

/*
 * The offset of a variable of `size` bytes in the section `section` (`.rodata`), or -1 where there is no such. libbpf has
 * fixed offsets up from the symbols in the BTF of an object that it opened, and in what the kernel has of it.
 */
long variable__find(const struct btf *btf, const char *section, const char *name, size_t size);

#endif

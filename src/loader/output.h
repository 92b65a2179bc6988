/* The ways out: stdout, and stderr for people. Neither may keep the program waiting for long, with a fault attached. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

/* Writes to stdout; what may be skipped is, where the reader is slow. 0, or 1 when stdout takes no more. */
int output__write(const char *text, size_t size, bool may_skip);

#endif

/* The ways out: stdout, and stderr for people. Neither may keep the program waiting for long, with a fault attached. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* What becomes of a line for which the reader is too slow: nothing, or it is put off, or there is a little patience. */
enum urgency { OUTPUT_SKIP, OUTPUT_KEEP, OUTPUT_WAIT };

/* Writes a line to stdout. 0, or 1 when stdout takes no more. */
int output__write(const char *text, size_t size, enum urgency urgency);

/* Whether stdout takes a line now, or within `timeout` ms: nothing is put off, and there is room. */
bool output__is_ready(int timeout);

/* Makes whatever a terminal could obey visible, but for the control characters in `pass`. UTF-8 passes. */
void text__print(FILE *to, const char *text, const char *pass);

#endif

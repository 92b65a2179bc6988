/* Numbers as people write them. Each returns whether all of `text` is one. */
#ifndef NUMBER_H
#define NUMBER_H

#include <linux/types.h>
#include <stdbool.h>

/* Decimal digits, at most `max`. */
bool number__decimal(const char *text, __u64 max, __u64 *value);

/* A fraction up to 1, or a percentage, in units of 2^-32: 0 is "never", 4294967296 "always". One too small for a unit is none. */
bool number__probability(const char *text, __u64 *value);

/* Go's time.ParseDuration, in nanoseconds: `1h15m30.5s`, units ns us µs ms s m h. */
bool number__duration(const char *text, __s64 *value);

#endif

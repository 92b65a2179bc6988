/* What the manifest's readers share: rules on its JSON. A breach is reported (STAGE_VERIFY). */
#ifndef SCHEMA_H
#define SCHEMA_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define SCHEMA "injectc.dev/bundle/v2"
/* The most items of any list but `objects` and `frames`. */
#define MAX_LIST 1024

/* Reports that `place` has this problem; returns the exit status. */
int schema__refuse(const char *place, const char *problem);

/*
 * json_unpack_ex() with the further rule that nothing is left over. `I` stands for a json_int_t, `b` for an int. 0, or
 * reports and returns the exit status.
 */
int schema__unpack(json_t *json, const char *place, const char *format, ...);

/* A list of at most `max` items, all of this type. */
bool schema__is_list(const json_t *list, size_t max, json_type type);

/* A string that can be a kernel symbol. */
bool schema__is_symbol(const char *name);

#endif

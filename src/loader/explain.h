/* Why a fault does not fire, from what was counted. */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include <stddef.h>

#include "report.h"

/*
 * One sentence on the first stage that lets nothing through, in the order of SEMANTICS: frames, fault function, its own
 * predicate, trigger; or on what was injected.
 */
void explain__tally(char *text, size_t size, const struct tally *tally);

#endif

/* What a person sees on a terminal: lines, and below them the counters, drawn again in place when they change. */
#ifndef SCREEN_H
#define SCREEN_H

#include <stdbool.h>

#include "report.h"

/* Whether stdout is a terminal. */
bool screen__is_there(void);

/* Whether the terminal has another size than when counters were drawn. */
bool screen__is_resized(void);

/*
 * The text that puts a line above the counters (NULL: none), and these, if there are any (NULL: as they were), in place of
 * what was drawn before. Of counters that are higher than the terminal, the end is drawn, so that they can be erased again;
 * but all of the last ones. To be freed; NULL where there is no memory.
 */
char *screen__draw(const char *line, const struct tally *tally, bool last);

#endif

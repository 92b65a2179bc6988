/* Why the kernel refused an object, in words. */
#ifndef REFUSAL_H
#define REFUSAL_H

#include "object.h"

/* Reports what the loading of `object` failed of, with the verifier's log. Cuts that log. Returns the exit status. */
int refusal__report_load(const struct object *object, int err);

/* Reports what the attaching of the program in `section` failed of. Returns the exit status. */
int refusal__report_attach(const struct object *object, const char *section, int err);

#endif

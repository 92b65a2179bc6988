/* Which of a bundle's objects fits the running kernel. */
#ifndef SELECT_H
#define SELECT_H

#include "kernel.h"
#include "manifest.h"

/*
 * The first object, in the manifest's order, that is for this arch and `backend` (NULL: any), and all of whose needs hold.
 * If none, reports why for each, and returns the exit status.
 */
int select__object(const struct manifest_object **selected, const struct manifest *manifest,
		   const struct kernel *kernel, const char *backend);

/* The path in the bundle of the types that came along for this very release; NULL: none did. */
const char *select__types(const struct manifest_object *object, const struct kernel *kernel);

#endif

/*
 * Light skeletons: src/skeleton of the compiler makes them. The kernel checks the signature of a program that then loads
 * all of an object from within, so nothing has to be believed of this process; a security module may refuse all else.
 */
#ifndef SKELETON_H
#define SKELETON_H

#include "object.h"

/* Loads an object by its skeleton, as object__load() does otherwise. 0, or reports and returns the exit status. */
int skeleton__load(struct object *object, const struct targets *targets);

#endif

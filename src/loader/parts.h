/* What this program is made of. */
#ifndef PARTS_H
#define PARTS_H

/*
 * One line for each part, its name and its version, the program first. It lies in a section of its own, `.parts`, where
 * src/build/loader.ts reads it from a loader for whatever arch.
 */
extern const char parts[];

#endif

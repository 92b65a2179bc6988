/* Whether a trusted signer signed a file. */
#ifndef SIGNATURE_H
#define SIGNATURE_H

#include "bundle.h"
#include "trust.h"

/*
 * Checks the detached signature `file` over `content` against the certificates that are trusted. 0, or reports and returns
 * the exit status.
 */
int signature__check(const struct file *content, const struct file *file, const struct trust *trust);

#endif

/* Whether a bundle is what a trusted signer made. */
#ifndef VERIFY_H
#define VERIFY_H

#include "bundle.h"
#include "manifest.h"
#include "trust.h"

/*
 * Checks the signature of the manifest against the certificates that are trusted, reads the manifest, and checks
 * every file of the bundle against it. 0, or reports and returns the exit status.
 */
int verify__bundle(const struct bundle *bundle, const struct trust *trust, struct manifest *manifest);

#endif

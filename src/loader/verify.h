/* Whether a bundle is what a trusted signer made. */
#ifndef VERIFY_H
#define VERIFY_H

#include "bundle.h"
#include "manifest.h"

/*
 * Checks the signature of the manifest against the certificates in the PEM file `trust`, reads the manifest, and checks
 * every file of the bundle against it. 0, or reports and returns the exit status.
 */
int verify__bundle(const struct bundle *bundle, const char *trust, struct manifest *manifest);

#endif

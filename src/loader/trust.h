/* The certificates that a user trusts, and whom they vouch for. */
#ifndef TRUST_H
#define TRUST_H

#include <openssl/x509.h>
#include <stddef.h>

/* PEM files as named on the command line, each with one certificate or more. */
struct trust {
	const char **paths;
	size_t count;
};

/* All certificates of the files, to be freed with their stack. NULL if a file has none, which is reported. */
STACK_OF(X509) *trust__read(const struct trust *trust);

/*
 * Why `signer` may not vouch for a bundle, or one of those that `came` with it is not vouched for itself, by the trusted ones;
 * NULL if all is well. The words live until OpenSSL is asked again.
 */
const char *trust__complaint(STACK_OF(X509) *trusted, X509 *signer, STACK_OF(X509) *came);

#endif

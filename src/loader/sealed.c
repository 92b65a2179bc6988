/*
 * libcrypto can load modules and look up hosts. This program does neither: these take the place of what would, so that it
 * is not even linked (and the linker has no warning to give). DSO_METHOD_openssl() is libcrypto's door to dlopen().
 */
#include <netdb.h>
#include <stddef.h>

/* As in libcrypto's crypto/dso/dso_local.h. */
typedef struct dso_meth_st DSO_METHOD;
DSO_METHOD *DSO_METHOD_openssl(void);

DSO_METHOD *DSO_METHOD_openssl(void)
{
	return NULL;
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result)
{
	(void)node;
	(void)service;
	(void)hints;
	(void)result;
	return EAI_FAIL;
}

void freeaddrinfo(struct addrinfo *result)
{
	(void)result;
}

struct hostent *gethostbyname(const char *name)
{
	(void)name;
	return NULL;
}

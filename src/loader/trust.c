#include "trust.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "report.h"

/* Bits of security that keys and digests must have: OpenSSL's level 2 is 112, RSA from 2048 bits on. */
#define SECURITY_LEVEL 2
#define MAX_CERTIFICATES 64

/* Adds the certificates of a PEM file. 0, or reports and returns the exit status. */
static int file__read(STACK_OF(X509) *trusted, const char *path)
{
	int before = sk_X509_num(trusted);
	BIO *file = BIO_new_file(path, "r");
	X509 *certificate;
	bool damaged;

	if (!file)
		return report__error(STAGE_VERIFY, "can't open the certificate `%s`: %s", path, strerror(errno));
	while (sk_X509_num(trusted) < MAX_CERTIFICATES && (certificate = PEM_read_bio_X509(file, NULL, NULL, NULL)))
		if (!sk_X509_push(trusted, certificate))
			X509_free(certificate);
	BIO_free(file);
	/* Where another could not begin, the file has ended well. */
	damaged = sk_X509_num(trusted) > before && ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE;
	ERR_clear_error();
	if (damaged && sk_X509_num(trusted) < MAX_CERTIFICATES)
		return report__error(STAGE_VERIFY, "`%s` holds a damaged certificate after %d good ones", path,
				     sk_X509_num(trusted) - before);
	if (sk_X509_num(trusted) > before)
		return 0;
	if (before == MAX_CERTIFICATES)
		return report__error(STAGE_VERIFY, "`%s` comes after %d certificates, and more are not taken", path,
				     MAX_CERTIFICATES);
	return report__error(STAGE_VERIFY, "`%s` holds no certificate in PEM form", path);
}

STACK_OF(X509) *trust__read(const struct trust *trust)
{
	STACK_OF(X509) *trusted = sk_X509_new_null();
	int err = 0;

	for (size_t i = 0; trusted && !err && i < trust->count; i++)
		err = file__read(trusted, trust->paths[i]);
	if (!err)
		return trusted;
	sk_X509_pop_free(trusted, X509_free);
	return NULL;
}

/* A store in which each of these is an anchor, be it the signer itself or who certified it. */
static X509_STORE *trust__store(STACK_OF(X509) *trusted)
{
	X509_STORE *store = X509_STORE_new();

	if (!store)
		return NULL;
	for (int i = 0; i < sk_X509_num(trusted); i++)
		X509_STORE_add_cert(store, sk_X509_value(trusted, i));
	X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
	X509_VERIFY_PARAM_set_auth_level(X509_STORE_get0_param(store), SECURITY_LEVEL);
	/* OpenSSL 3.0 knows no purpose "code signing"; usage__complaint() looks instead. */
	X509_STORE_set_purpose(store, X509_PURPOSE_ANY);
	return store;
}

/* Whether a certificate, or whom it certifies, may vouch for code: one for servers, say, may not. */
static bool certificate__is_for_code(X509 *certificate)
{
	return X509_get_extended_key_usage(certificate) & (XKU_CODE_SIGN | XKU_SMIME | XKU_ANYEKU);
}

/* Of what signs, as algorithm.ts has it; sizes are a matter of the security level. */
static bool curve__is_known(const EVP_PKEY *key)
{
	char curve[32] = "";

	if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC)
		return true;
	return EVP_PKEY_get_group_name(key, curve, sizeof(curve), NULL) == 1 &&
	       (!strcmp(curve, "prime256v1") || !strcmp(curve, "secp384r1") || !strcmp(curve, "secp521r1"));
}

static const char *usage__complaint(X509 *signer)
{
	if (!(X509_get_key_usage(signer) & KU_DIGITAL_SIGNATURE))
		return "the certificate of its signer is not for signing";
	if (!certificate__is_for_code(signer))
		return "the certificate of its signer is for something other than code";
	if (!curve__is_known(X509_get0_pubkey(signer)))
		return "the curve of its signer's key is not P-256, P-384 or P-521";
	return NULL;
}

static const char *error__words(int error)
{
	switch (error) {
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
		return "none of the trusted certificates is its signer's, or of who certified that";
	default:
		return X509_verify_cert_error_string(error);
	}
}

static const char *chain__complaint(X509_STORE *store, X509 *certificate, STACK_OF(X509) *came)
{
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	const char *complaint = "out of memory";

	if (context && X509_STORE_CTX_init(context, store, certificate, came)) {
		complaint = X509_verify_cert(context) == 1 ? NULL : error__words(X509_STORE_CTX_get_error(context));
	}
	X509_STORE_CTX_free(context);
	return complaint;
}

const char *trust__complaint(STACK_OF(X509) *trusted, X509 *signer, STACK_OF(X509) *came)
{
	const char *complaint = usage__complaint(signer);
	X509_STORE *store;

	if (complaint)
		return complaint;
	store = trust__store(trusted);
	if (!store)
		return "out of memory";
	complaint = chain__complaint(store, signer, came);
	/* Nothing else covers their bytes. */
	for (int i = 0; !complaint && i < sk_X509_num(came); i++)
		if (!certificate__is_for_code(sk_X509_value(came, i)))
			complaint = "a certificate came with it that is for something other than code";
		else if (chain__complaint(store, sk_X509_value(came, i), came))
			complaint = "a certificate came with it that none of the trusted vouches for";
	X509_STORE_free(store);
	return complaint;
}

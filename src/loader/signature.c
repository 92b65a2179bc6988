#include "signature.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "report.h"

/* Bits of security that keys and digests must have: OpenSSL's level 2 is 112, RSA from 2048 bits on. */
#define SECURITY_LEVEL 2
#define MAX_CERTIFICATES 64

static const char strange_form[] = "its form is not what `openssl cms -sign -binary -outform DER` gives";

/* The certificates in a PEM file. NULL if there are none, which is reported. */
static STACK_OF(X509) *trust__read(const char *path)
{
	STACK_OF(X509) *trusted = sk_X509_new_null();
	BIO *file = BIO_new_file(path, "r");
	X509 *certificate;

	if (!file) {
		report__error(STAGE_VERIFY, "can't open the certificate `%s`: %s", path, strerror(errno));
		goto none;
	}
	while (sk_X509_num(trusted) < MAX_CERTIFICATES && (certificate = PEM_read_bio_X509(file, NULL, NULL, NULL)))
		if (!sk_X509_push(trusted, certificate))
			X509_free(certificate);
	BIO_free(file);
	ERR_clear_error();
	if (sk_X509_num(trusted) > 0)
		return trusted;
	report__error(STAGE_VERIFY, "`%s` holds no certificate in PEM form", path);
none:
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
	/* In place of "mail", which PKCS7_verify() would ask for; usage__complaint() looks instead. */
	X509_STORE_set_purpose(store, X509_PURPOSE_ANY);
	return store;
}

/* Whether a certificate may vouch for code: one for servers, say, may not. */
static const char *usage__complaint(X509 *signer)
{
	uint32_t extended = X509_get_extended_key_usage(signer);

	if (!(X509_get_key_usage(signer) & KU_DIGITAL_SIGNATURE))
		return "the certificate of its signer is not for signing";
	if (!(extended & (XKU_CODE_SIGN | XKU_SMIME | XKU_ANYEKU)))
		return "the certificate of its signer is for something other than code";
	return NULL;
}

/* The algorithm in a signature says what it must for this key and digest, as the signature itself does not cover it. */
static bool algorithm__fits(const X509_ALGOR *algorithm, const X509 *signer, int digest)
{
	int key = EVP_PKEY_get_base_id(X509_get0_pubkey(signer));
	const ASN1_OBJECT *name;
	int parameter, expected;

	X509_ALGOR_get0(&name, &parameter, NULL, algorithm);
	if (key == EVP_PKEY_RSA)
		return OBJ_obj2nid(name) == NID_rsaEncryption && parameter == V_ASN1_NULL;
	return OBJ_find_sigid_by_algs(&expected, digest, key) && OBJ_obj2nid(name) == expected &&
	       parameter == V_ASN1_UNDEF;
}

static bool names__equal(const X509_NAME *a, const X509_NAME *b)
{
	const unsigned char *a_der, *b_der;
	size_t a_size, b_size;

	return X509_NAME_get0_der(a, &a_der, &a_size) && X509_NAME_get0_der(b, &b_der, &b_size) &&
	       a_size == b_size && !memcmp(a_der, b_der, a_size);
}

/*
 * What no signature covers must be as it can only be, so that no byte can be another (unless it is of a certificate that
 * nothing needs): version numbers, the digest named twice. This is CMS as in RFC 5652 with one signer named by issuer
 * and serial number: what `openssl cms -sign` makes, and what PKCS #7 already was.
 */
static const char *form__complaint(const PKCS7 *signature)
{
	const PKCS7_SIGNED *data = signature->d.sign;
	const PKCS7_SIGNER_INFO *info = sk_PKCS7_SIGNER_INFO_value(data->signer_info, 0);
	int digest = OBJ_obj2nid(info->digest_alg->algorithm);

	if (ASN1_INTEGER_get(data->version) != 1 || ASN1_INTEGER_get(info->version) != 1 ||
	    sk_X509_CRL_num(data->crl) > 0 || sk_X509_ATTRIBUTE_num(info->unauth_attr) > 0 ||
	    sk_X509_ALGOR_num(data->md_algs) != 1 ||
	    X509_ALGOR_cmp(sk_X509_ALGOR_value(data->md_algs, 0), info->digest_alg))
		return strange_form;
	if (digest != NID_sha256 && digest != NID_sha384 && digest != NID_sha512)
		return "its digest is not SHA-256, SHA-384 or SHA-512";
	return NULL;
}

/* The same of the signer's name and algorithm, and whether the signer's certificate is for this. */
static const char *signer__complaint(const PKCS7 *signature, X509 *signer)
{
	const PKCS7_SIGNER_INFO *info = sk_PKCS7_SIGNER_INFO_value(signature->d.sign->signer_info, 0);

	if (!names__equal(info->issuer_and_serial->issuer, X509_get_issuer_name(signer)) ||
	    !algorithm__fits(info->digest_enc_alg, signer, OBJ_obj2nid(info->digest_alg->algorithm)))
		return strange_form;
	return usage__complaint(signer);
}

/* Reads DER, all of it and nothing but. NULL where it is something else, or not one detached signature. */
static PKCS7 *signature__read(const struct file *file)
{
	const unsigned char *at = file->data;
	PKCS7 *signature = d2i_PKCS7(NULL, &at, file->size);
	unsigned char *again = NULL;
	int size;

	if (!signature)
		return NULL;
	size = i2d_PKCS7(signature, &again);
	if (size < 0 || (size_t)size != file->size || memcmp(again, file->data, size) ||
	    !PKCS7_type_is_signed(signature) || !PKCS7_get_detached(signature) ||
	    !PKCS7_type_is_data(signature->d.sign->contents) ||
	    sk_PKCS7_SIGNER_INFO_num(PKCS7_get_signer_info(signature)) != 1) {
		PKCS7_free(signature);
		signature = NULL;
	}
	OPENSSL_free(again);
	return signature;
}

/* The words of the last error in OpenSSL's queue. */
static const char *openssl__reason(void)
{
	const char *data = "", *reason;
	int flags = 0;
	unsigned long error = ERR_peek_last_error_data(&data, &flags);

	/* Of "Verify error: certificate has expired", the latter half says it all. */
	if (flags & ERR_TXT_STRING && strstr(data, ": "))
		return strstr(data, ": ") + 2;
	reason = ERR_reason_error_string(error);
	return reason ? reason : "no reason given";
}

/* A complaint on a certificate's dates may well be one on the machine's clock. */
static int signature__refuse(const struct file *file, const char *trust, const char *complaint)
{
	bool dated = strstr(complaint, "not yet valid") || strstr(complaint, "expired");
	time_t now = time(NULL);
	char date[64] = "";

	if (dated)
		strftime(date, sizeof(date), " (this machine's clock says %Y-%m-%d %H:%M:%S UTC)", gmtime(&now));
	return report__error(STAGE_VERIFY, "the signature of `%s` does not hold against `%s`: %s%s", file->path, trust,
			     complaint, date);
}

static int signature__verify(PKCS7 *signature, const struct file *file, const char *trust, STACK_OF(X509) *trusted)
{
	/* An embedded certificate is itself looked at; a trusted one fills in where there is none. */
	STACK_OF(X509) *certificates = sk_X509_num(signature->d.sign->cert) > 0 ? NULL : trusted;
	X509_STORE *store = trust__store(trusted);
	BIO *content = BIO_new_mem_buf(file->data, file->size);
	STACK_OF(X509) *signers = NULL;
	const char *complaint = form__complaint(signature);

	if (complaint)
		goto out;
	if (!store || !content) {
		complaint = "out of memory";
		goto out;
	}
	if (PKCS7_verify(signature, certificates, store, content, NULL, PKCS7_BINARY) != 1) {
		complaint = openssl__reason();
		goto out;
	}
	signers = PKCS7_get0_signers(signature, certificates, 0);
	complaint = sk_X509_num(signers) == 1 ? signer__complaint(signature, sk_X509_value(signers, 0))
					      : "it has no signer";
out:
	sk_X509_free(signers);
	BIO_free(content);
	X509_STORE_free(store);
	return complaint ? signature__refuse(file, trust, complaint) : 0;
}

int signature__check(const struct file *content, const struct file *file, const char *trust)
{
	STACK_OF(X509) *trusted;
	PKCS7 *signature;
	int err;

	/* The machine's openssl.cnf has no say in whom to trust. */
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	trusted = trust__read(trust);
	if (!trusted)
		return 1;
	signature = signature__read(file);
	err = signature ? signature__verify(signature, content, trust, trusted)
			: report__error(STAGE_VERIFY, "`%s` is not one detached CMS signature in DER", file->path);
	PKCS7_free(signature);
	sk_X509_pop_free(trusted, X509_free);
	ERR_clear_error();
	return err;
}

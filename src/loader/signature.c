#include "signature.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs7.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "report.h"

static const char strange_form[] = "its form is not what `openssl cms -sign -binary -outform DER` gives";

/* The algorithm in a signature says what it must for this key and digest, as the signature itself does not cover it. */
static bool algorithm__fits(const X509_ALGOR *algorithm, const X509 *signer, int digest)
{
	int key = EVP_PKEY_get_base_id(X509_get0_pubkey(signer));
	const ASN1_OBJECT *name;
	int parameter, expected;

	X509_ALGOR_get0(&name, &parameter, NULL, algorithm);
	if (key == EVP_PKEY_RSA)
		return OBJ_obj2nid(name) == NID_rsaEncryption && parameter == V_ASN1_NULL;
	/* RFC 8419. */
	if (key == EVP_PKEY_ED25519)
		return OBJ_obj2nid(name) == NID_ED25519 && parameter == V_ASN1_UNDEF && digest == NID_sha512;
	if (key != EVP_PKEY_EC)
		return false;
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

/* An attribute's value, of which it has one, and there is none other of its type (RFC 5652, 11.1 and 11.2); else NULL. */
static const ASN1_TYPE *attribute__single(const STACK_OF(X509_ATTRIBUTE) *attributes, int nid)
{
	int at = X509at_get_attr_by_NID(attributes, nid, -1);
	X509_ATTRIBUTE *attribute = at < 0 ? NULL : X509at_get_attr(attributes, at);

	if (!attribute || X509at_get_attr_by_NID(attributes, nid, at) >= 0 || X509_ATTRIBUTE_count(attribute) != 1)
		return NULL;
	return X509_ATTRIBUTE_get0_type(attribute, 0);
}

/* Whether they tell the content's kind and digest. */
static bool attributes__tell(const STACK_OF(X509_ATTRIBUTE) *attributes)
{
	const ASN1_TYPE *type = attribute__single(attributes, NID_pkcs9_contentType);
	const ASN1_TYPE *claimed = attribute__single(attributes, NID_pkcs9_messageDigest);

	return type && type->type == V_ASN1_OBJECT && OBJ_obj2nid(type->value.object) == NID_pkcs7_data && claimed &&
	       claimed->type == V_ASN1_OCTET_STRING;
}

/* Whether `a` comes before `b` in a set (X.690, 11.6). */
static bool certificate__precedes(X509 *a, X509 *b)
{
	unsigned char *a_der = NULL, *b_der = NULL;
	int a_size = i2d_X509(a, &a_der), b_size = i2d_X509(b, &b_der), order = 1;

	if (a_size > 0 && b_size > 0)
		order = memcmp(a_der, b_der, a_size < b_size ? a_size : b_size);
	OPENSSL_free(a_der);
	OPENSSL_free(b_der);
	return order < 0;
}

/* Whether there are some, and each stands in its place and once. */
static bool certificates__are_a_set(const STACK_OF(X509) *certificates)
{
	bool good = sk_X509_num(certificates) > 0;

	for (int i = 1; good && i < sk_X509_num(certificates); i++)
		good = certificate__precedes(sk_X509_value(certificates, i - 1), sk_X509_value(certificates, i));
	return good;
}

/*
 * What no signature covers must be as it can only be, so that no byte can be another: version numbers, the digest named
 * twice, sets that are empty or in another order. This is CMS as in RFC 5652 with one signer named by issuer and serial
 * number: what `openssl cms -sign` makes, and what PKCS #7 already was.
 */
static const char *form__complaint(const PKCS7 *signature)
{
	const PKCS7_SIGNED *data = signature->d.sign;
	const PKCS7_SIGNER_INFO *info = sk_PKCS7_SIGNER_INFO_value(data->signer_info, 0);
	int digest = OBJ_obj2nid(info->digest_alg->algorithm);

	if (ASN1_INTEGER_get(data->version) != 1 || ASN1_INTEGER_get(info->version) != 1 ||
	    data->crl || info->unauth_attr || (data->cert && !certificates__are_a_set(data->cert)) ||
	    (info->auth_attr && !attributes__tell(info->auth_attr)) ||
	    sk_X509_ALGOR_num(data->md_algs) != 1 ||
	    X509_ALGOR_cmp(sk_X509_ALGOR_value(data->md_algs, 0), info->digest_alg) || info->digest_alg->parameter)
		return strange_form;
	if (digest != NID_sha256 && digest != NID_sha384 && digest != NID_sha512)
		return "its digest is not SHA-256, SHA-384 or SHA-512";
	return NULL;
}

/* The certificate by whose key the signature says to be; a trusted one fills in only where none came with it. */
static X509 *signer__find(const PKCS7 *signature, STACK_OF(X509) *trusted)
{
	const PKCS7_SIGNER_INFO *info = sk_PKCS7_SIGNER_INFO_value(signature->d.sign->signer_info, 0);
	STACK_OF(X509) *came = signature->d.sign->cert;

	return X509_find_by_issuer_and_serial(sk_X509_num(came) > 0 ? came : trusted, info->issuer_and_serial->issuer,
					      info->issuer_and_serial->serial);
}

/* Whether the key signed these bytes. */
static bool key__signed(EVP_PKEY *key, const EVP_MD *digest, const ASN1_OCTET_STRING *value, const unsigned char *data,
			size_t size)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool hashes = EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519;
	bool good = context && EVP_DigestVerifyInit(context, NULL, hashes ? digest : NULL, NULL, key) == 1 &&
		    EVP_DigestVerify(context, value->data, value->length, data, size) == 1;

	EVP_MD_CTX_free(context);
	return good;
}

/* Whether the attributes, which are signed in place of the content, are about this content. */
static bool attributes__match(const PKCS7_SIGNER_INFO *info, const EVP_MD *digest, const struct file *content)
{
	const ASN1_OCTET_STRING *claimed = attribute__single(info->auth_attr, NID_pkcs9_messageDigest)->value.octet_string;
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned int size = 0;

	return EVP_Digest(content->data, content->size, hash, &size, digest, NULL) &&
	       (unsigned int)claimed->length == size && !memcmp(claimed->data, hash, size);
}

/* What the signature's own bytes must be for it to be one over the content, by the signer. */
static const char *signer__complaint(const PKCS7 *signature, X509 *signer, const struct file *content)
{
	PKCS7_SIGNER_INFO *info = sk_PKCS7_SIGNER_INFO_value(signature->d.sign->signer_info, 0);
	int nid = OBJ_obj2nid(info->digest_alg->algorithm);
	EVP_PKEY *key = X509_get0_pubkey(signer);
	const EVP_MD *digest = EVP_get_digestbynid(nid);
	bool good;
	unsigned char *attributes = NULL;
	int size = 0;

	if (!key)
		return "the certificate of its signer has no key that can be read";
	if (!names__equal(info->issuer_and_serial->issuer, X509_get_issuer_name(signer)) ||
	    !algorithm__fits(info->digest_enc_alg, signer, nid))
		return strange_form;
	if (info->auth_attr) {
		size = ASN1_item_i2d((ASN1_VALUE *)info->auth_attr, &attributes, ASN1_ITEM_rptr(PKCS7_ATTR_VERIFY));
		good = size > 0 && attributes__match(info, digest, content) &&
		       key__signed(key, digest, info->enc_digest, attributes, size);
		OPENSSL_free(attributes);
	} else {
		good = key__signed(key, digest, info->enc_digest, content->data, content->size);
	}
	return good ? NULL : "it was made over something else, or by another key";
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

/* A complaint on a certificate's dates may well be one on the machine's clock. */
static int signature__refuse(const struct file *file, const struct trust *trust, const char *complaint)
{
	bool dated = strstr(complaint, "not yet valid") || strstr(complaint, "expired");
	time_t now = time(NULL);
	char date[64] = "";

	if (dated)
		strftime(date, sizeof(date), " (this machine's clock says %Y-%m-%d %H:%M:%S UTC)", gmtime(&now));
	return report__error(STAGE_VERIFY, "the signature of `%s` does not hold against `%s`%s: %s%s", file->path,
			     trust->paths[0], trust->count > 1 ? " or the others" : "", complaint, date);
}

static const char *signature__complaint(const PKCS7 *signature, const struct file *content, STACK_OF(X509) *trusted)
{
	const char *complaint = form__complaint(signature);
	X509 *signer;

	if (complaint)
		return complaint;
	signer = signer__find(signature, trusted);
	if (!signer)
		return "its signer's certificate did not come with it, and is none of the trusted";
	complaint = signer__complaint(signature, signer, content);
	return complaint ? complaint : trust__complaint(trusted, signer, signature->d.sign->cert);
}

int signature__check(const struct file *content, const struct file *file, const struct trust *trust)
{
	STACK_OF(X509) *trusted;
	const char *complaint;
	PKCS7 *signature;
	int err;

	/* The machine's openssl.cnf has no say in whom to trust. */
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	trusted = trust__read(trust);
	if (!trusted)
		return 1;
	signature = signature__read(file);
	complaint = signature ? signature__complaint(signature, content, trusted) : NULL;
	if (!signature)
		err = report__error(STAGE_VERIFY, "`%s` is not one detached CMS signature in DER", file->path);
	else
		err = complaint ? signature__refuse(file, trust, complaint) : 0;
	PKCS7_free(signature);
	sk_X509_pop_free(trusted, X509_free);
	ERR_clear_error();
	return err;
}

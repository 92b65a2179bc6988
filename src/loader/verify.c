#include "verify.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "report.h"
#include "signature.h"

static int file__check(const struct file *file, const char *path, json_int_t size, const char *sha256)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	char hex[2 * EVP_MAX_MD_SIZE + 1] = "";
	unsigned int length = 0;

	if (!file)
		return report__error(STAGE_VERIFY, "`%s` is missing from the bundle", path);
	if (file->size != (size_t)size)
		return report__error(STAGE_VERIFY, "`%s` has %zu bytes, not the %lld of the signed manifest", path, file->size,
				     (long long)size);
	if (!EVP_Digest(file->data, file->size, digest, &length, EVP_sha256(), NULL))
		return report__error(STAGE_VERIFY, "can't compute the SHA-256 of `%s`", path);
	for (unsigned int i = 0; i < length; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	if (strcmp(hex, sha256))
		return report__error(STAGE_VERIFY, "`%s` is not the file that was signed: its SHA-256 is %s, not %s", path, hex,
				     sha256);
	return 0;
}

/* Every listed file is there and the same, and no other is. */
static int verify__files(const struct bundle *bundle, const json_t *listed)
{
	size_t i;
	json_t *entry;

	json_array_foreach(listed, i, entry) {
		const char *path = json_string_value(json_object_get(entry, "path"));
		int err = file__check(bundle__file(bundle, path), path,
				      json_integer_value(json_object_get(entry, "size")),
				      json_string_value(json_object_get(entry, "sha256")));

		if (err)
			return err;
	}
	for (i = 0; i < bundle->count; i++) {
		const char *path = bundle->files[i].path;

		if (strcmp(path, MANIFEST_FILE) && strcmp(path, SIGNATURE_FILE) && !manifest__lists(listed, path, NULL))
			return report__error(STAGE_VERIFY, "`%s` is in the bundle, but not in its manifest", path);
	}
	return 0;
}

int verify__bundle(const struct bundle *bundle, const struct trust *trust, struct manifest *manifest)
{
	const struct file *text = bundle__file(bundle, MANIFEST_FILE);
	const struct file *signature = bundle__file(bundle, SIGNATURE_FILE);
	int err;

	if (!signature)
		return report__error(STAGE_VERIFY, "the bundle is not signed: it holds no %s; build it with --sign-key and "
				     "--sign-cert", SIGNATURE_FILE);
	err = signature__check(text, signature, trust);
	if (!err)
		err = manifest__parse(manifest, text);
	if (!err)
		err = verify__files(bundle, manifest->files);
	return err;
}

/*
 * damage BUNDLE CERT SEED STEP SAMPLE: changes every STEPth byte of a good bundle in turn, in memory, and sees that each change
 * is refused; of what each file holds that the manifest lists, about SAMPLE bytes, so that a large one can be tried, too.
 * Built with the loader's parts. Prints how often, or what was taken that should not have been.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bundle.h"
#include "manifest.h"
#include "verify.h"

static unsigned long long state;

/* Marsaglia's xorshift64: the same seed, the same damage. */
static unsigned int random__below(unsigned int limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % limit;
}

static int bytes__are_taken(unsigned char *data, size_t size, const struct trust *trust)
{
	struct bundle bundle = { .data = data, .size = size };
	struct manifest manifest = {};
	int err;

	err = bundle__parse(&bundle);
	err = err ? err : verify__bundle(&bundle, trust, &manifest);
	manifest__close(&manifest);
	bundle.data = NULL;
	bundle__close(&bundle);
	return !err;
}

/* With room for nothing more, so that to read beyond it is noticed. */
static unsigned char *bytes__copy(const unsigned char *data, size_t size)
{
	unsigned char *copy = malloc(size ? size : 1);

	if (!copy)
		abort();
	return memcpy(copy, data, size);
}

/* Whether a byte is one to be tried: each, but of the files behind the signature some. */
static bool byte__is_tried(const struct bundle *bundle, size_t at, size_t sample)
{
	const unsigned char *byte = bundle->data + at;

	for (size_t i = 2; i < bundle->count; i++) {
		const struct file *file = &bundle->files[i];

		if (byte >= file->data && byte < file->data + file->size)
			return file->size <= sample || byte == file->data || byte == file->data + file->size - 1 ||
			       random__below(file->size) < sample;
	}
	return true;
}

/* Changes bytes to others. How often, or -1. */
static long bundle__damage(const struct bundle *bundle, size_t step, size_t sample, const struct trust *trust, FILE *out)
{
	unsigned char *data = bytes__copy(bundle->data, bundle->size);
	long tried = 0;

	for (size_t at = 0; at < bundle->size; at += step) {
		unsigned char flip = random__below(2) ? 1U << random__below(8) : 1 + random__below(255);

		if (!byte__is_tried(bundle, at, sample))
			continue;
		data[at] ^= flip;
		if (bytes__are_taken(data, bundle->size, trust)) {
			fprintf(out, "taken: byte %zu ^ 0x%02x\n", at, flip);
			return -1;
		}
		data[at] ^= flip;
		tried++;
	}
	free(data);
	return tried;
}

/* Cuts the bundle off at some places. How often, or -1. */
static long bundle__cut(const struct bundle *bundle, const struct trust *trust, FILE *out)
{
	size_t most = bundle->size / 100 + 1;
	long tried = 0;

	for (size_t size = 0; size < bundle->size; size += 1 + random__below(most), tried++) {
		unsigned char *data = bytes__copy(bundle->data, size);

		if (bytes__are_taken(data, size, trust)) {
			fprintf(out, "taken: the first %zu bytes\n", size);
			return -1;
		}
		free(data);
	}
	return tried;
}

int main(int argc, char **argv)
{
	struct trust trust = { (const char **)argv + 2, 1 };
	struct bundle bundle = {};
	long changes, cuts;
	FILE *out;

	if (argc != 6)
		return 2;
	state = strtoull(argv[3], NULL, 10);
	out = fdopen(dup(STDOUT_FILENO), "w");
	/* The refusals themselves: thousands of lines. stderr stays for the sanitizers. */
	if (!out || dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO) < 0)
		return 2;
	if (bundle__open(&bundle, argv[1]) || !bytes__are_taken(bundle.data, bundle.size, &trust))
		return 2;
	changes = bundle__damage(&bundle, strtoull(argv[4], NULL, 10), strtoull(argv[5], NULL, 10), &trust, out);
	cuts = bundle__cut(&bundle, &trust, out);
	if (changes < 0 || cuts < 0)
		return 1;
	fprintf(out, "refused %ld changes and %ld cuts to %zu bytes\n", changes, cuts, bundle.size);
	fclose(out);
	bundle__close(&bundle);
	return 0;
}

/*
 * damage BUNDLE CERT SEED COUNT: damages a good bundle in memory and sees that each damage is refused. Then damages the
 * manifest's text as its parser gets it once a signature held: any answer will do, but for a crash. Built with the
 * loader's parts, under sanitizers. Prints how often, or what was taken that should not have been.
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

static int bundle__is_taken(const struct bundle *bundle, const char *trust)
{
	struct manifest manifest = {};
	int err = verify__bundle(bundle, trust, &manifest);

	manifest__close(&manifest);
	return !err;
}

/* Flips bits at every place of the signature, and at some of a file that it vouches for. How often, or -1. */
static long file__flip(const struct bundle *bundle, struct file *file, const char *trust, FILE *out)
{
	size_t step = strcmp(file->path, SIGNATURE_FILE) ? file->size / 200 + 1 : 1;
	long tried = 0;

	for (size_t i = 0; i < file->size; i += step, tried++) {
		unsigned char flip = random__below(2) ? 1U << random__below(8) : 1 + random__below(255);

		file->data[i] ^= flip;
		if (bundle__is_taken(bundle, trust)) {
			fprintf(out, "taken: %s with byte %zu ^ 0x%02x\n", file->path, i, flip);
			return -1;
		}
		file->data[i] ^= flip;
	}
	return tried;
}

/* Parses the manifest with up to 8 edits: bytes changed, runs of bytes moved over others, a tail cut off. */
static int manifest__mangle(const struct file *file)
{
	struct file copy = { .path = file->path, .size = file->size };
	struct manifest manifest = {};
	int err;

	copy.data = malloc(file->size);
	if (!copy.data)
		abort();
	memcpy(copy.data, file->data, file->size);
	for (unsigned int edits = 1 + random__below(8); edits; edits--) {
		unsigned int at = random__below(copy.size), from = random__below(copy.size);
		unsigned int run = random__below(40), room = copy.size - (at > from ? at : from);

		switch (random__below(8)) {
		case 0:
			copy.size = 1 + at;
			break;
		case 1:
		case 2:
			copy.data[at] = "{}[]\",:-019eE.\\u"[random__below(16)];
			break;
		case 3:
			copy.data[at] = random__below(256);
			break;
		default:
			memmove(copy.data + at, copy.data + from, run < room ? run : room);
		}
	}
	err = manifest__parse(&manifest, &copy);
	manifest__close(&manifest);
	free(copy.data);
	return err;
}

int main(int argc, char **argv)
{
	struct bundle bundle = {};
	long flips = 0, parsed = 0;
	FILE *out;

	if (argc != 5)
		return 2;
	state = strtoull(argv[3], NULL, 10);
	out = fdopen(dup(STDOUT_FILENO), "w");
	/* The refusals themselves: thousands of lines. stderr stays for the sanitizers. */
	if (!out || dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO) < 0)
		return 2;
	if (bundle__open(&bundle, argv[1]) || !bundle__is_taken(&bundle, argv[2]))
		return 2;
	for (size_t i = 0; i < bundle.count; i++) {
		long tried = file__flip(&bundle, &bundle.files[i], argv[2], out);

		if (tried < 0)
			return 1;
		flips += tried;
	}
	for (long i = 0; i < atol(argv[4]); i++)
		parsed += !manifest__mangle(bundle__file(&bundle, MANIFEST_FILE));
	fprintf(out, "refused %ld flips; of %s mangled manifests %ld parsed\n", flips, argv[4], parsed);
	fclose(out);
	bundle__close(&bundle);
	return 0;
}

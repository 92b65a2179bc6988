/*
 * damage BUNDLE CERT SEED STEP COUNT: changes every STEPth byte of a good bundle in turn, in memory, and sees that each change
 * is refused. Then damages the manifest's text COUNT times as its parser gets it once a signature held: any answer will do,
 * but for a crash. Built with the loader's parts. Prints how often, or what was taken that should not have been.
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

/* From a copy that is no larger, so that to read beyond it is noticed. */
static int bytes__are_taken(const unsigned char *data, size_t size, const char *trust)
{
	struct bundle bundle = { .data = malloc(size), .size = size };
	struct manifest manifest = {};
	int err;

	if (!bundle.data)
		abort();
	memcpy(bundle.data, data, size);
	err = bundle__parse(&bundle);
	err = err ? err : verify__bundle(&bundle, trust, &manifest);
	manifest__close(&manifest);
	bundle__close(&bundle);
	return !err;
}

/* Changes bytes to others, and cuts the bundle off at some places. How often, or -1. */
static long bundle__damage(unsigned char *data, size_t size, size_t step, const char *trust, FILE *out)
{
	long tried = 0;

	for (size_t at = 0; at < size; at += step) {
		unsigned char flip = random__below(2) ? 1U << random__below(8) : 1 + random__below(255);

		data[at] ^= flip;
		if (bytes__are_taken(data, size, trust)) {
			fprintf(out, "taken: byte %zu ^ 0x%02x\n", at, flip);
			return -1;
		}
		data[at] ^= flip;
		tried++;
	}
	for (size_t cut = 0; cut < size; cut += 1 + random__below(200), tried++)
		if (bytes__are_taken(data, cut, trust)) {
			fprintf(out, "taken: the first %zu bytes\n", cut);
			return -1;
		}
	return tried;
}

/* Parses the manifest with up to 8 edits: bytes changed, runs of bytes moved over others, a tail cut off. */
static int manifest__mangle(const struct file *file)
{
	unsigned char *data = malloc(file->size);
	struct file copy = { .path = file->path, .data = data, .size = file->size };
	struct manifest manifest = {};
	int err;

	if (!data)
		abort();
	memcpy(data, file->data, file->size);
	for (unsigned int edits = 1 + random__below(8); edits; edits--) {
		unsigned int at = random__below(copy.size), from = random__below(copy.size);
		unsigned int run = random__below(40), room = copy.size - (at > from ? at : from);

		switch (random__below(8)) {
		case 0:
			copy.size = 1 + at;
			break;
		case 1:
		case 2:
			data[at] = "{}[]\",:-019eE.\\u"[random__below(16)];
			break;
		case 3:
			data[at] = random__below(256);
			break;
		default:
			memmove(data + at, data + from, run < room ? run : room);
		}
	}
	err = manifest__parse(&manifest, &copy);
	manifest__close(&manifest);
	free(data);
	return err;
}

int main(int argc, char **argv)
{
	struct bundle bundle = {};
	long changes, parsed = 0;
	FILE *out;

	if (argc != 6)
		return 2;
	state = strtoull(argv[3], NULL, 10);
	out = fdopen(dup(STDOUT_FILENO), "w");
	/* The refusals themselves: thousands of lines. stderr stays for the sanitizers. */
	if (!out || dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO) < 0)
		return 2;
	if (bundle__open(&bundle, argv[1]) || !bytes__are_taken(bundle.data, bundle.size, argv[2]))
		return 2;
	changes = bundle__damage(bundle.data, bundle.size, strtoull(argv[4], NULL, 10), argv[2], out);
	if (changes < 0)
		return 1;
	for (long i = 0; i < atol(argv[5]); i++)
		parsed += !manifest__mangle(bundle__file(&bundle, MANIFEST_FILE));
	fprintf(out, "refused %ld changes to %zu bytes; of %s mangled manifests %ld parsed\n", changes, bundle.size, argv[5],
		parsed);
	fclose(out);
	bundle__close(&bundle);
	return 0;
}

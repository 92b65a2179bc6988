/*
 * damage BUNDLE CERT SEED STEP: changes every STEPth byte of a good bundle in turn, in memory, and sees that each change is
 * refused. Built with the loader's parts. Prints how often, or what was taken that should not have been.
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
static int bytes__are_taken(const unsigned char *data, size_t size, const struct trust *trust)
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
static long bundle__damage(unsigned char *data, size_t size, size_t step, const struct trust *trust, FILE *out)
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

int main(int argc, char **argv)
{
	struct trust trust = { (const char **)argv + 2, 1 };
	struct bundle bundle = {};
	long changes;
	FILE *out;

	if (argc != 5)
		return 2;
	state = strtoull(argv[3], NULL, 10);
	out = fdopen(dup(STDOUT_FILENO), "w");
	/* The refusals themselves: thousands of lines. stderr stays for the sanitizers. */
	if (!out || dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO) < 0)
		return 2;
	if (bundle__open(&bundle, argv[1]) || !bytes__are_taken(bundle.data, bundle.size, &trust))
		return 2;
	changes = bundle__damage(bundle.data, bundle.size, strtoull(argv[4], NULL, 10), &trust, out);
	if (changes < 0)
		return 1;
	fprintf(out, "refused %ld changes to %zu bytes\n", changes, bundle.size);
	fclose(out);
	bundle__close(&bundle);
	return 0;
}

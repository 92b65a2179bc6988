/*
 * loader TARGET SEED CASES SECONDS BUNDLE CERT...: what the loader reads before it trusts anybody, damaged at random, each case by
 * its own seed from SEED on. Built with the loader's parts, under sanitizers. Prints how many cases there were and how many
 * of them were read as if sound; or the seed of the first that breaks something, and status 1.
 */
#include <fcntl.h>
#include <sanitizer/common_interface_defs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bundle.h"
#include "manifest.h"
#include "signature.h"
#include "verify.h"

struct bytes {
	unsigned char *data;
	size_t size;
};

static unsigned long long state, seed;
static struct bundle sound;
static struct trust trust;
static FILE *out;

/* Marsaglia's xorshift64*: the same seed, the same damage. */
static unsigned int random__below(size_t limit)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (state * 0x2545f4914f6cdd1dULL >> 33) % limit;
}

static void case__fail(const char *why)
{
	fprintf(out, "%s: seed %llu\n", why, seed);
	fflush(out);
	_exit(1);
}

static void sanitizer__fail(void)
{
	case__fail("a sanitizer stopped it");
}

/* A copy with room for nothing more, so that to read beyond it is noticed; changed in a few places. */
static struct bytes bytes__mangle(const unsigned char *data, size_t size, const char *letters)
{
	size_t room = 2 * size + 1024;
	unsigned char *work = malloc(room), *exact;

	if (!work)
		abort();
	memcpy(work, data, size);
	for (unsigned int edits = 1 + random__below(6); edits && size; edits--) {
		size_t at = random__below(size), from = random__below(size), run = random__below(random__below(8) ? 40 : 600);

		/* Tar and its headers go by blocks. */
		if (!random__below(3)) {
			at &= ~511UL;
			from &= ~511UL;
		}
		if (run > size - (at > from ? at : from))
			run = size - (at > from ? at : from);
		switch (random__below(9)) {
		case 0:
			size = at;
			break;
		case 1:
			work[at] ^= 1U << random__below(8);
			break;
		case 2:
			work[at] = random__below(256);
			break;
		case 3:
		case 4:
			work[at] = letters[random__below(strlen(letters))];
			break;
		case 5: /* comes once more, in between */
			if (size + run > room)
				break;
			memmove(work + at + run, work + at, size - at);
			size += run;
			break;
		case 6: /* goes */
			memmove(work + at, work + at + run, size - at - run);
			size -= run;
			break;
		default:
			memmove(work + at, work + from, run);
		}
	}
	exact = malloc(size ? size : 1);
	if (!exact)
		abort();
	memcpy(exact, work, size);
	free(work);
	return (struct bytes){ exact, size };
}

static bool is_same(const struct bytes *bytes, const unsigned char *data, size_t size)
{
	return bytes->size == size && !memcmp(bytes->data, data, size);
}

/* A case of each target tells whether its input was taken. */

static bool tar__case(bool verified)
{
	struct bytes bytes = bytes__mangle(sound.data, sound.size, "0123456789/.\001\377");
	bool same = is_same(&bytes, sound.data, sound.size), taken;
	struct bundle bundle = { .data = bytes.data, .size = bytes.size };
	struct manifest manifest = {};
	unsigned int sum = 0;

	taken = !bundle__parse(&bundle);
	for (size_t i = 0; taken && i < bundle.count; i++)
		for (size_t j = 0; j < bundle.files[i].size; j++)
			sum += bundle.files[i].data[j];
	if (taken && verified) {
		taken = !verify__bundle(&bundle, &trust, &manifest);
		manifest__close(&manifest);
		if (taken && !same)
			case__fail("a damaged bundle was taken");
	}
	bundle__close(&bundle);
	return taken || sum == 1;
}

static bool form__case(void)
{
	return tar__case(false);
}

static bool bundle__case(void)
{
	return tar__case(true);
}

static bool manifest__case(void)
{
	const struct file *text = bundle__file(&sound, MANIFEST_FILE);
	struct bytes bytes = bytes__mangle(text->data, text->size, "{}[]\",:-019eE.\\u");
	struct file file = { text->path, bytes.data, bytes.size };
	struct manifest manifest = {};
	bool taken = !manifest__parse(&manifest, &file);

	manifest__close(&manifest);
	free(bytes.data);
	return taken;
}

static bool signature__case(void)
{
	const struct file *text = bundle__file(&sound, SIGNATURE_FILE);
	struct bytes bytes = bytes__mangle(text->data, text->size, "\060\061\002\003\004\005\006\240\200\202\377");
	bool same = is_same(&bytes, text->data, text->size);
	struct file file = { text->path, bytes.data, bytes.size };
	bool taken = !signature__check(bundle__file(&sound, MANIFEST_FILE), &file, &trust);

	free(bytes.data);
	if (taken && !same)
		case__fail("a damaged signature was taken");
	return taken;
}

static const struct target_case {
	const char *name;
	bool (*run)(void);
} targets[] = {
	{ "tar", form__case },
	{ "manifest", manifest__case },
	{ "signature", signature__case },
	{ "bundle", bundle__case },
};

int main(int argc, char **argv)
{
	const struct target_case *target = NULL;
	unsigned long long cases, taken = 0, done = 0;
	time_t end;

	if (argc < 7)
		return 2;
	for (size_t i = 0; i < sizeof(targets) / sizeof(*targets); i++)
		if (!strcmp(targets[i].name, argv[1]))
			target = &targets[i];
	out = fdopen(dup(STDOUT_FILENO), "w");
	/* The refusals themselves: thousands of lines. stderr stays for the sanitizers. */
	if (!target || !out || dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO) < 0)
		return 2;
	trust = (struct trust){ (const char **)argv + 6, argc - 6 };
	if (bundle__open(&sound, argv[5]))
		return 2;
	__sanitizer_set_death_callback(sanitizer__fail);
	seed = strtoull(argv[2], NULL, 10);
	cases = strtoull(argv[3], NULL, 10);
	end = time(NULL) + strtoull(argv[4], NULL, 10);
	for (; done < cases && time(NULL) <= end; done++, seed++) {
		state = (seed + 1) * 0x9e3779b97f4a7c15ULL;
		taken += target->run();
	}
	fprintf(out, "%llu cases, %llu taken\n", done, taken);
	fclose(out);
	bundle__close(&sound);
	return 0;
}

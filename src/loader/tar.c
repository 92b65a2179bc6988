#include "tar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

#define BLOCK 512
#define MIB (1024 * 1024)

struct header {
	char name[MAX_PATH], mode[8], owner[8], group[8], size[12], time[12], checksum[8], type, link[100], magic[6],
		version[2], owner_name[32], group_name[32], major[8], minor[8], prefix[155], rest[12];
};
_Static_assert(sizeof(struct header) == BLOCK, "a header is one block");

static const struct field {
	const char *name;
	size_t at, size;
} fields[] = {
#define FIELD(words, member) { words, offsetof(struct header, member), sizeof(((struct header *)0)->member) }
	FIELD("name", name), FIELD("mode", mode), FIELD("owner", owner), FIELD("group", group), FIELD("size", size),
	FIELD("time", time), FIELD("link", link), FIELD("magic", magic), FIELD("version", version),
	FIELD("owner's name", owner_name), FIELD("group's name", group_name), FIELD("major number", major),
	FIELD("minor number", minor), FIELD("prefix", prefix), FIELD("rest", rest),
	/* Last: whatever else is changed changes it, too. */
	FIELD("checksum", checksum),
#undef FIELD
};

static int tar__refuse(const char *problem, size_t at)
{
	return -report__error(STAGE_OPEN, "this is no bundle: it %s %zu", problem, at);
}

static int entry__refuse(const char *path, const char *problem)
{
	return -report__error(STAGE_OPEN, "this is no bundle: `%s` %s", path, problem);
}

bool tar__is_path(const char *path)
{
	static const char inner[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";

	if (strlen(path) >= MAX_PATH)
		return false;
	for (;; path++) {
		size_t length = strspn(path, inner);

		if (!length || *path == '.' || *path == '-')
			return false;
		path += length;
		if (*path != '/')
			return !*path;
	}
}

/* The most bytes that a file may have: those that are parsed before anything vouches for them have little. */
static size_t file__limit(const char *path)
{
	if (!strcmp(path, SIGNATURE_FILE))
		return MIB / 16;
	if (!strcmp(path, MANIFEST_FILE))
		return MIB;
	return 16 * MIB;
}

/* The manifest comes first, then what vouches for it, then the rest. */
static int file__rank(const char *path)
{
	return !strcmp(path, MANIFEST_FILE) ? 0 : !strcmp(path, SIGNATURE_FILE) ? 1 : 2;
}

static bool is_zero(const unsigned char *data, size_t size)
{
	while (size--)
		if (*data++)
			return false;
	return true;
}

/* The one header of a file. */
static void header__make(struct header *header, const char *path, size_t size)
{
	const unsigned char *bytes = (const unsigned char *)header;
	unsigned int sum = 0;

	*header = (struct header){ .mode = "0000644", .owner = "0000000", .group = "0000000", .time = "00000000000",
				   .checksum = "       ", .type = '0', .magic = "ustar", .version = { '0', '0' },
				   .major = "0000000", .minor = "0000000" };
	memcpy(header->name, path, strlen(path));
	if (!strncmp(path, "loader/", strlen("loader/")))
		memcpy(header->mode, "0000755", sizeof(header->mode));
	snprintf(header->size, sizeof(header->size), "%011zo", size);
	header->checksum[7] = ' ';
	for (size_t i = 0; i < BLOCK; i++)
		sum += bytes[i];
	snprintf(header->checksum, sizeof(header->checksum), "%06o", sum & 0777777);
	header->checksum[7] = ' ';
}

static const char *type__name(char type)
{
	switch (type) {
	case '1':
		return "is a hard link; a bundle holds regular files only";
	case '2':
		return "is a symbolic link; a bundle holds regular files only";
	case '3':
	case '4':
		return "is a device; a bundle holds regular files only";
	case '5':
		return "is a folder; a bundle holds regular files only";
	case '6':
		return "is a FIFO; a bundle holds regular files only";
	default:
		return "is an extension of the format; a bundle holds regular files only";
	}
}

/* Reads a header and gives the file's path, inside it, and size. 0, or reports and returns the negative exit status. */
static int header__read(const struct header *header, size_t at, const char **path, size_t *size)
{
	char name[MAX_PATH + 1] = "", digits[sizeof(header->size)] = "";
	struct header own;

	memcpy(name, header->name, sizeof(header->name));
	memcpy(digits, header->size, sizeof(digits) - 1);
	if (memcmp(header->magic, "ustar", sizeof(header->magic)))
		return tar__refuse("has no ustar header at byte", at);
	if (header->type != '0')
		return entry__refuse(name, type__name(header->type));
	if (!tar__is_path(name))
		return entry__refuse(name, "is not a path inside a bundle");
	*size = strtoul(digits, NULL, 8);
	header__make(&own, name, *size);
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		const struct field *field = &fields[i];

		if (memcmp((const char *)header + field->at, (const char *)&own + field->at, field->size))
			return -report__error(STAGE_OPEN, "this is no bundle: the header of `%s` has another %s than injectc "
					      "writes", name, field->name);
	}
	*path = header->name;
	return *size <= file__limit(name) ? 0 : entry__refuse(name, "is too large");
}

/* 0, or reports and returns the negative exit status. */
static int order__check(const char *path, const char *last, size_t count)
{
	int rank = file__rank(path), order;

	if (!last && rank)
		return -report__error(STAGE_OPEN, "this is no bundle: it does not begin with `%s`", MANIFEST_FILE);
	if (!last)
		return 0;
	order = strcmp(path, last);
	if (!order)
		return entry__refuse(path, "stands in it twice");
	if (rank < file__rank(last) || (rank == file__rank(last) && order < 0))
		return entry__refuse(path, "stands out of order in it");
	return count < MAX_FILES + 2 ? 0 : tar__refuse("holds more files than", MAX_FILES);
}

/* Whether the archive ends at `at`. 0, or reports and returns the negative exit status. */
static int end__check(const struct bundle *bundle, size_t at)
{
	size_t left = bundle->size - at;

	if (left < 2 * BLOCK)
		return tar__refuse("is cut short at byte", bundle->size);
	if (left > 2 * BLOCK || !is_zero(bundle->data + at, left))
		return tar__refuse("goes on after its end at byte", at);
	return bundle->count ? 0 : order__check("", NULL, 0);
}

int tar__next(struct bundle *bundle, size_t *at, const char *last)
{
	size_t left = bundle->size - *at, size, padding;
	const char *path;
	int err;

	if (left < BLOCK)
		return tar__refuse("is cut short at byte", bundle->size);
	if (is_zero(bundle->data + *at, BLOCK))
		return end__check(bundle, *at);
	err = header__read((const struct header *)(bundle->data + *at), *at, &path, &size);
	err = err ? err : order__check(path, last, bundle->count);
	if (err)
		return err;
	padding = -size & (BLOCK - 1);
	left -= BLOCK;
	if (size + padding > left)
		return entry__refuse(path, "is cut short");
	*at += BLOCK;
	bundle->files[bundle->count++] = (struct file){ path, bundle->data + *at, size };
	*at += size + padding;
	if (!is_zero(bundle->data + *at - padding, padding))
		return entry__refuse(path, "does not fill its last block up with zeros");
	return 1;
}

bool tar__write(FILE *to, const char *path, const void *data, size_t size)
{
	static const unsigned char zeros[BLOCK];
	size_t padding = -size & (BLOCK - 1);
	struct header header;

	header__make(&header, path, size);
	return fwrite(&header, BLOCK, 1, to) == 1 && fwrite(data, 1, size, to) == size &&
	       fwrite(zeros, 1, padding, to) == padding;
}

bool tar__end(FILE *to)
{
	static const unsigned char zeros[2 * BLOCK];

	return fwrite(zeros, sizeof(zeros), 1, to) == 1;
}

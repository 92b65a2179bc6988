#define _GNU_SOURCE
#include "bundle.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report.h"

#define MIB (1024 * 1024)
#define MAX_ENTRIES 1024
#define MAX_DEPTH 8
#define MAX_BUNDLE (64 * MIB)

/* The most bytes that a file may have: those that are parsed before anything vouches for them have little. */
static size_t file__limit(const char *path)
{
	if (!strcmp(path, SIGNATURE_FILE))
		return MIB / 16;
	if (!strcmp(path, MANIFEST_FILE))
		return MIB;
	return 16 * MIB;
}

/* Reads all of `fd`, a regular file of `size` bytes, into `file`. */
static int file__read(struct file *file, int fd, size_t size)
{
	ssize_t got;

	file->data = malloc(size + 1);
	if (!file->data)
		return report__error(STAGE_OPEN, "out of memory");
	/* One byte more is asked for, to see that there is none. */
	while ((got = read(fd, file->data + file->size, size + 1 - file->size)) > 0) {
		file->size += got;
		if (file->size > size)
			break;
	}
	if (got < 0)
		return report__error(STAGE_OPEN, "can't read `%s` in the bundle: %s", file->path, strerror(errno));
	if (file->size != size)
		return report__error(STAGE_OPEN, "`%s` in the bundle changed while it was read", file->path);
	return 0;
}

static int bundle__add_file(struct bundle *bundle, const char *path, int folder, const char *name)
{
	struct file *file = &bundle->files[bundle->count];
	size_t limit = file__limit(path);
	struct stat is;
	int err, fd;

	/* O_NONBLOCK: should it have become a FIFO since it was looked at, this does not wait for a writer. */
	fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return report__error(STAGE_OPEN, "can't open `%s` in the bundle: %s", path, strerror(errno));
	if (fstat(fd, &is) || !S_ISREG(is.st_mode)) {
		err = report__error(STAGE_OPEN, "`%s` in the bundle changed while it was read", path);
	} else if ((size_t)is.st_size > limit || bundle->size + is.st_size > MAX_BUNDLE) {
		err = report__error(STAGE_OPEN, "`%s` in the bundle is too large: a bundle has at most %d MiB, and this "
				    "file may have %zu KiB", path, MAX_BUNDLE / MIB, limit / 1024);
	} else {
		file->path = strdup(path);
		bundle->count++;
		bundle->size += is.st_size;
		err = file->path ? file__read(file, fd, is.st_size) : report__error(STAGE_OPEN, "out of memory");
	}
	close(fd);
	return err;
}

static int bundle__add_folder(struct bundle *bundle, const char *path, int fd, unsigned int depth);

/* Adds what `name` in the open `folder` is; `path` is that folder's own path, "" at the top. */
static int bundle__add(struct bundle *bundle, const char *path, int folder, const char *name, unsigned int depth)
{
	char inner[MAX_PATH];
	struct stat is;
	int fd;

	if (++bundle->entries > MAX_ENTRIES)
		return report__error(STAGE_OPEN, "the bundle holds more than %d files and folders", MAX_ENTRIES);
	if (snprintf(inner, sizeof(inner), "%s%s%s", path, *path ? "/" : "", name) >= (int)sizeof(inner))
		return report__error(STAGE_OPEN, "the bundle holds a path longer than %d bytes", MAX_PATH - 1);
	if (fstatat(folder, name, &is, AT_SYMLINK_NOFOLLOW))
		return report__error(STAGE_OPEN, "can't look at `%s` in the bundle: %s", inner, strerror(errno));
	if (S_ISREG(is.st_mode))
		return bundle__add_file(bundle, inner, folder, name);
	if (!S_ISDIR(is.st_mode))
		return report__error(STAGE_OPEN, "`%s` in the bundle is %s; a bundle holds regular files and folders only",
				     inner, S_ISLNK(is.st_mode) ? "a symbolic link" : "a special file");
	if (depth == MAX_DEPTH)
		return report__error(STAGE_OPEN, "the bundle holds folders more than %d deep", MAX_DEPTH);
	fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return report__error(STAGE_OPEN, "can't open `%s` in the bundle: %s", inner, strerror(errno));
	return bundle__add_folder(bundle, inner, fd, depth + 1);
}

/* Adds all that is in a folder; closes `fd`. */
static int bundle__add_folder(struct bundle *bundle, const char *path, int fd, unsigned int depth)
{
	DIR *folder = fdopendir(fd);
	struct dirent *entry;
	int err = 0;

	if (!folder) {
		close(fd);
		return report__error(STAGE_OPEN, "out of memory");
	}
	while (!err && (errno = 0, entry = readdir(folder))) {
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			err = bundle__add(bundle, path, dirfd(folder), entry->d_name, depth);
	}
	if (!err && errno)
		err = report__error(STAGE_OPEN, "can't read the bundle's folder `%s`: %s", path, strerror(errno));
	closedir(folder);
	return err;
}

int bundle__open(struct bundle *bundle, const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return report__error(STAGE_OPEN, "can't open the bundle `%s`: %s", path,
				     errno == ENOTDIR ? "it is not a folder" : strerror(errno));
	bundle->files = calloc(MAX_ENTRIES, sizeof(*bundle->files));
	if (!bundle->files) {
		close(fd);
		return report__error(STAGE_OPEN, "out of memory");
	}
	return bundle__add_folder(bundle, "", fd, 0);
}

const struct file *bundle__file(const struct bundle *bundle, const char *path)
{
	for (size_t i = 0; i < bundle->count; i++)
		if (!strcmp(bundle->files[i].path, path))
			return &bundle->files[i];
	return NULL;
}

void bundle__close(struct bundle *bundle)
{
	for (size_t i = 0; i < bundle->count; i++) {
		free(bundle->files[i].path);
		free(bundle->files[i].data);
	}
	free(bundle->files);
	*bundle = (struct bundle){};
}

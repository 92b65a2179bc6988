#define _GNU_SOURCE
#include "bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report.h"
#include "tar.h"

#define MIB (1024 * 1024)
#define MAX_BUNDLE (64 * MIB)

/* Reads all of `fd`, a regular file of `size` bytes. */
static int bundle__read(struct bundle *bundle, int fd, size_t size)
{
	ssize_t got;

	bundle->data = malloc(size + 1);
	if (!bundle->data)
		return report__error(STAGE_OPEN, "out of memory");
	/* One byte more is asked for, to see that there is none. */
	while ((got = read(fd, bundle->data + bundle->size, size + 1 - bundle->size)) > 0) {
		bundle->size += got;
		if (bundle->size > size)
			break;
	}
	if (got < 0)
		return report__error(STAGE_OPEN, "can't read the bundle: %s", strerror(errno));
	if (bundle->size != size)
		return report__error(STAGE_OPEN, "the bundle changed while it was read");
	return 0;
}

int bundle__open(struct bundle *bundle, const char *path)
{
	/* O_NONBLOCK: should it be a FIFO, this does not wait for a writer. */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat is;
	int err;

	if (fd < 0 || fstat(fd, &is)) {
		err = report__error(STAGE_OPEN, "can't open the bundle `%s`: %s", path, strerror(errno));
	} else if (!S_ISREG(is.st_mode)) {
		err = report__error(STAGE_OPEN, "`%s` is no bundle: it is %s", path,
				    S_ISDIR(is.st_mode) ? "a folder" : "no regular file");
	} else if (is.st_size > MAX_BUNDLE) {
		err = report__error(STAGE_OPEN, "`%s` is no bundle: it is larger than %d MiB", path, MAX_BUNDLE / MIB);
	} else {
		err = bundle__read(bundle, fd, is.st_size);
	}
	if (fd >= 0)
		close(fd);
	return err ? err : bundle__parse(bundle);
}

int bundle__parse(struct bundle *bundle)
{
	const char *last = NULL;
	size_t at = 0;
	int more;

	bundle->files = calloc(MAX_FILES + 2, sizeof(*bundle->files));
	if (!bundle->files)
		return report__error(STAGE_OPEN, "out of memory");
	while ((more = tar__next(bundle, &at, last)) > 0)
		last = bundle->files[bundle->count - 1].path;
	return -more;
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
	free(bundle->files);
	free(bundle->data);
	*bundle = (struct bundle){};
}

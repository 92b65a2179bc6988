#include "instance.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report.h"
#include "variable.h"

/* The kernel takes a moment to let go of what a loader that was killed had attached. */
#define PATIENCE 20
#define MOMENT_US 100000

void instance__identify(const struct file *manifest, char id[ID_SIZE])
{
	unsigned char digest[EVP_MAX_MD_SIZE] = "";

	EVP_Digest(manifest->data, manifest->size, digest, NULL, EVP_sha256(), NULL);
	for (int i = 0; i < ID_SIZE / 2; i++)
		snprintf(id + 2 * i, 3, "%02x", digest[i]);
}

int instance__name(const char *name, char id[ID_SIZE])
{
	struct bundle bundle = {};
	int err;

	if (strlen(name) == ID_SIZE - 1 && strspn(name, "0123456789abcdef") == ID_SIZE - 1 && access(name, F_OK)) {
		memcpy(id, name, ID_SIZE);
		return 0;
	}
	err = bundle__open(&bundle, name);
	if (!err)
		instance__identify(bundle__file(&bundle, MANIFEST_FILE), id);
	bundle__close(&bundle);
	return err;
}

int instance__next(__u32 *position, const char *id, const char *section)
{
	char name[BPF_OBJ_NAME_LEN];
	int err;

	snprintf(name, sizeof(name), "%s%s", id, section);
	while (!(err = bpf_map_get_next_id(*position, position))) {
		struct bpf_map_info info = {};
		__u32 size = sizeof(info);
		int fd = bpf_map_get_fd_by_id(*position);

		if (fd == -ENOENT)
			continue; /* gone since */
		if (fd < 0)
			return fd;
		if (!bpf_obj_get_info_by_fd(fd, &info, &size) && !strcmp(info.name, name))
			return fd;
		close(fd);
	}
	return err;
}

/* Reports that nothing is loaded of the bundle, or with another errno than -ENOENT that one can't look. */
static int instance__report_none(const char *id, int err)
{
	if (err == -ENOENT)
		return report__error(STAGE_LOAD, "nothing is loaded of the bundle %s: its loader has ended, or runs on another node",
				     id);
	return report__error(STAGE_LOAD, "can't look for loaders of the bundle %s: %s; that takes CAP_SYS_ADMIN", id,
			     strerror(-err));
}

/* What a map of variables (the kernel keeps the BTF of it) has for a variable of 32 bits; 0 if nothing. */
static __u32 map__read(int fd, const char *section, const char *name)
{
	struct bpf_map_info info = {};
	__u32 size = sizeof(info), value = 0;
	const __u32 key = 0;
	struct btf *btf;
	char *data;
	long offset;

	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		return 0;
	btf = btf__load_from_kernel_by_id(info.btf_id);
	offset = variable__find(btf, section, name, sizeof(value));
	data = malloc(info.value_size);
	if (data && offset >= 0 && !bpf_map_lookup_elem(fd, &key, data))
		memcpy(&value, data + offset, sizeof(value));
	free(data);
	btf__free(btf);
	return value;
}

/* Whether a file, as /proc/PID/fdinfo tells of it, is the map. Closes the descriptor. */
static bool is_map(int fdinfo, __u32 map)
{
	char line[128], wanted[32];
	FILE *from = fdopen(fdinfo, "r");
	bool is = false;

	if (!from) {
		close(fdinfo);
		return false;
	}
	snprintf(wanted, sizeof(wanted), "map_id:\t%u\n", map);
	while (!is && fgets(line, sizeof(line), from))
		is = !strcmp(line, wanted);
	fclose(from);
	return is;
}

/* Whether a process is there and has a map open; one that may not be asked is believed to. */
static bool is_holder(pid_t process, __u32 map)
{
	const struct dirent *entry;
	char path[64];
	bool holds = false;
	DIR *all;

	if (kill(process, 0) && errno != EPERM)
		return false;
	snprintf(path, sizeof(path), "/proc/%d/fdinfo", process);
	all = opendir(path);
	if (!all)
		return true;
	while (!holds && (entry = readdir(all))) {
		int fd = openat(dirfd(all), entry->d_name, O_RDONLY | O_CLOEXEC);

		holds = fd < 0 ? errno == EACCES : is_map(fd, map);
	}
	closedir(all);
	return holds;
}

/* Who loaded an object: a process, or 0, and whether it still has the object; if not, another may have its number by now. */
struct owner {
	pid_t process;
	bool lives;
};

/* The owner of the object whose .rodata this is. Closes the map. */
static struct owner owner__find(int rodata)
{
	struct owner owner = { .process = map__read(rodata, ".rodata", "loader_tgid") };
	struct bpf_map_info info = {};
	__u32 size = sizeof(info);

	bool known = !bpf_obj_get_info_by_fd(rodata, &info, &size);

	close(rodata); /* it may be we who are asked */
	owner.lives = owner.process && known && is_holder(owner.process, info.id);
	return owner;
}

/*
 * Another process that has loaded the bundle, and if there is one, one that lives. 0, or a negative errno. A loader asks for
 * those before it alone, in the order of ids: so of several that start at once, each sees another, but one goes on.
 */
static int rival__find(const char *id, struct owner *rival)
{
	__u32 position = 0;
	int map;

	*rival = (struct owner){};
	while ((map = instance__next(&position, id, ".rodata")) >= 0) {
		const struct owner owner = owner__find(map);

		if (owner.process == getpid() && owner.lives)
			return 0;
		if (owner.process)
			*rival = owner;
		if (owner.lives)
			return 0;
	}
	return map == -ENOENT ? 0 : map;
}

int instance__check_alone(const char *id)
{
	for (int i = 0; i < PATIENCE; i++) {
		struct owner rival;
		int err = rival__find(id, &rival);

		if (err)
			report__words("can't look for other loaders of this bundle: %s; that takes CAP_SYS_ADMIN", strerror(-err));
		if (err || !rival.process)
			return 0;
		if (rival.lives)
			return report__error(STAGE_LOAD, "process %d has this bundle loaded already, and with a second one its "
					     "limits would count twice: change that one by `--set`, end it by `--stop`, or give "
					     "`--again` if this is meant", rival.process);
		usleep(MOMENT_US);
	}
	/* Somebody keeps the maps of a dead loader; without it they are attached to nothing. */
	return 0;
}

int instance__check_loaded(const char *id)
{
	struct owner rival;
	int err = rival__find(id, &rival);

	return rival.lives ? 0 : instance__report_none(id, err ? err : -ENOENT);
}

int instance__stop(const char *id)
{
	__u32 position = 0;
	size_t stopped = 0;
	int map;

	while ((map = instance__next(&position, id, ".rodata")) >= 0) {
		const struct owner owner = owner__find(map);

		if (!owner.lives)
			continue;
		if (!kill(owner.process, SIGTERM))
			stopped++;
		else if (errno == EPERM)
			return report__error(STAGE_LOAD, "process %d has the bundle loaded, and may not be ended: run this as root",
					     owner.process);
	}
	return stopped && map == -ENOENT ? 0 : instance__report_none(id, map);
}

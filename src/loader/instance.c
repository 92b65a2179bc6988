#include "instance.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <openssl/evp.h>
#include <signal.h>
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

/* A map's descriptor if it has this name, else a negative errno; it may be gone by now. */
static int map__open(__u32 map, const char *name)
{
	struct bpf_map_info info = {};
	__u32 size = sizeof(info);
	int fd = bpf_map_get_fd_by_id(map);

	if (fd < 0)
		return fd;
	if (!bpf_obj_get_info_by_fd(fd, &info, &size) && !strcmp(info.name, name))
		return fd;
	close(fd);
	return -ENOENT;
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

/*
 * Another process that has loaded the bundle: one that lives, if there is one. 0 where there is none, or a negative errno.
 */
static int rival__find(const char *id)
{
	char name[BPF_OBJ_NAME_LEN];
	__u32 map = 0;
	int rival = 0, err;

	snprintf(name, sizeof(name), "%s.rodata", id);
	while (!(err = bpf_map_get_next_id(map, &map))) {
		int fd = map__open(map, name), pid;

		if (fd < 0)
			continue;
		pid = map__read(fd, ".rodata", "loader_tgid");
		close(fd);
		if (!pid || pid == getpid())
			continue;
		rival = pid;
		if (!kill(pid, 0) || errno == EPERM)
			break;
	}
	return err && err != -ENOENT ? err : rival;
}

int instance__check_alone(const char *id)
{
	for (int i = 0; i < PATIENCE; i++) {
		int rival = rival__find(id);

		if (rival < 0)
			report__words("can't look for other loaders of this bundle: %s; that takes CAP_SYS_ADMIN",
				      strerror(-rival));
		if (rival <= 0)
			return 0;
		if (!kill(rival, 0) || errno == EPERM)
			return report__error(STAGE_LOAD, "process %d has this bundle loaded already, and with a second one its "
					     "limits would count twice: end that one first (`kill %d`), or give `--again` if "
					     "this is meant", rival, rival);
		usleep(MOMENT_US);
	}
	/* Somebody keeps the maps of a dead loader; without it they are attached to nothing. */
	return 0;
}

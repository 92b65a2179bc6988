#define _GNU_SOURCE
#include "skeleton.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keyring.h"
#include "refusal.h"

/* Room for the BTF, every map and every program. */
#define MAX_DESCRIPTORS 128
#define DIGEST_SIZE 32

/* What the program of a skeleton takes, and gives: `context` of src/skeleton/skeleton.ts. */
struct context {
	__u64 log;
	__u32 log_level;
	__u32 log_size;
	char id[ID_SIZE - 1];
	__u32 target_kinds, cgroup_levels, loader_tgid, record_events;
	__s32 cgroup_controller;
	/* Entries of maps; 0: as many as they are made with. */
	__u32 targets, injections, noted;
	/* Of the BTF, the maps, then the programs, as far as it came; 0: not made. */
	__s32 descriptors[MAX_DESCRIPTORS];
};
_Static_assert(offsetof(struct context, descriptors) == 56, "the layout is part of the contract with skeletons");

/* BPF_MAP_CREATE of `union bpf_attr`, and `struct bpf_map_info`, whose ends are younger than the headers at hand may be. */
struct map_attributes {
	__u32 type, key_size, value_size, entries, flags, inner, node;
	char name[16];
	__u32 interface, btf, key_type, value_type, kernel_type;
	__u64 extra;
	__s32 kernel_btf, token;
	__u64 program_hash;
	__u32 program_hash_size;
};

struct map_hash {
	__u64 before[11];
	__u64 hash;
	__u32 hash_size, after;
};

struct question {
	__u32 descriptor, size;
	__u64 answer;
};

/* The memory that the program works on: for it alone, and not to be changed by anybody else. A descriptor, or an errno. */
static int metadata__create(const struct file *metadata, const struct file *instructions)
{
	unsigned char hash[EVP_MAX_MD_SIZE] = "", answer[DIGEST_SIZE];
	struct map_attributes attributes = {
		.type = BPF_MAP_TYPE_ARRAY,
		.key_size = sizeof(__u32),
		.value_size = metadata->size,
		.entries = 1,
		.name = "skeleton",
		.program_hash = (__u64)hash,
		.program_hash_size = DIGEST_SIZE,
	};
	struct map_hash info = { .hash = (__u64)answer, .hash_size = sizeof(answer) };
	struct question question = { .size = sizeof(info), .answer = (__u64)&info };
	const __u32 key = 0;
	int map, err;

	EVP_Digest(instructions->data, instructions->size, hash, NULL, EVP_sha256(), NULL);
	map = bpf__call(BPF_MAP_CREATE, &attributes, offsetof(struct map_attributes, program_hash_size) + sizeof(__u32));
	if (map < 0)
		return map;
	question.descriptor = map;
	err = bpf_map_update_elem(map, &key, metadata->data, BPF_ANY);
	err = err ? err : bpf_map_freeze(map);
	/* Before 7.3 the kernel computes the hash that the program looks at only when it is asked for it. */
	err = err ? err : bpf__call(BPF_OBJ_GET_INFO_BY_FD, &question, sizeof(question));
	if (!err)
		return map;
	close(map);
	return err;
}

static void descriptors__close(struct context *context)
{
	for (size_t i = 0; i < MAX_DESCRIPTORS && context->descriptors[i] > 0; i++)
		close(context->descriptors[i]);
	memset(context->descriptors, 0, sizeof(context->descriptors));
}

/* 0 or an errno. */
static int program__run(int program, struct context *context)
{
	LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = context, .ctx_size_in = sizeof(*context));
	int err = bpf_prog_test_run_opts(program, &run);

	return err ? err : (int)run.retval;
}

/* Gives libbpf's view of a map the one that is there, by its name. */
static int map__adopt(struct bpf_map *map, const struct context *context, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct bpf_map_info info = {};
		__u32 size = sizeof(info);
		int fd = context->descriptors[1 + i];

		if (bpf_obj_get_info_by_fd(fd, &info, &size))
			return -errno;
		if (!strncmp(info.name, bpf_map__name(map), sizeof(info.name) - 1))
			return bpf_map__reuse_fd(map, fd);
	}
	return -ENOENT;
}

/* Takes over all that was made. 0, or reports and returns the exit status. */
static int object__adopt(struct object *object, struct context *context)
{
	size_t count = 0, first;
	struct bpf_map *map;
	int err;

	while (count < MAX_DESCRIPTORS && context->descriptors[count] > 0)
		count++;
	if (count < 1 + object->program_count)
		return object__foreign(object, "skeleton");
	first = count - object->program_count;
	bpf_object__for_each_map(map, object->bpf) {
		err = map__adopt(map, context, first - 1);
		/* A skeleton leaves constants out that no program refers to. */
		if (err && (err != -ENOENT || !bpf_map__is_internal(map)))
			return object__foreign(object, bpf_map__name(map));
	}
	object->owns_programs = true;
	for (size_t i = 0; i < object->program_count; i++) {
		object->programs[i].fd = context->descriptors[first + i];
		context->descriptors[first + i] = 0;
	}
	return 0;
}

/* Runs the program, once more with a log where the verifier has refused one of the object's. */
static int skeleton__run(struct object *object, int program, struct context *context)
{
	int err = program__run(program, context);

	if (!err)
		return object__adopt(object, context);
	if (!context->descriptors[0] && object->kernel->coverage == COVERS_INSTRUCTIONS && err == -EINVAL)
		return report__error(STAGE_VERIFY, "the kernel refuses the skeleton of `%s`: its metadata is not what was signed",
				     object->entry->file);
	descriptors__close(context);
	context->log = (__u64)object->log;
	context->log_size = LOG_SIZE;
	context->log_level = 1;
	err = program__run(program, context);
	return refusal__report_load(object, err ? err : -EAGAIN);
}

int skeleton__load(struct object *object, const struct targets *targets)
{
	const struct kernel *kernel = object->kernel;
	const struct skeleton *skeleton = &object->entry->skeleton;
	const struct loader *loader = &skeleton->loaders[kernel->coverage];
	const struct file *metadata, *instructions;
	struct context context = {
		.target_kinds = targets->kinds,
		.cgroup_levels = targets->cgroup_levels,
		.cgroup_controller = targets->cgroup_controller,
		.loader_tgid = getpid(),
		.record_events = object->events,
		.targets = bpf_map__max_entries(bpf_object__find_map_by_name(object->bpf, "targets")),
		.injections = object->events ? RING_SIZE : 0,
		.noted = object->events ? NOTED_TASKS : 0,
	};
	int map, program, err;

	if (!loader->instructions)
		return report__error(STAGE_LOAD, "`%s` has no skeleton whose signature this kernel (%s) could check: build the bundle "
				     "with `--skeletons`, or leave out `--keyring`", object->entry->file, kernel->uname.release);
	memcpy(context.id, object->manifest->id, sizeof(context.id));
	metadata = bundle__file(object->bundle, skeleton->metadata);
	instructions = bundle__file(object->bundle, loader->instructions);
	map = metadata__create(metadata, instructions);
	if (map < 0)
		return map == -EPERM ? keyring__refuse(kernel, object->entry->file, map)
				     : report__error(STAGE_LOAD, "can't make the skeleton's map: %s", strerror(-map));
	program = keyring__load(instructions, bundle__file(object->bundle, loader->signature), kernel->keyring_id, map,
				kernel->coverage == COVERS_METADATA_TOO);
	err = program < 0 ? keyring__refuse(kernel, object->entry->file, program) : skeleton__run(object, program, &context);
	descriptors__close(&context);
	if (program >= 0)
		close(program);
	close(map);
	return err;
}

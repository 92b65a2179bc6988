#include "aimed.h"

#include <bpf/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "../../src/loader/target.h"
#include "../../src/loader/variable.h"

/* Somebody of each kind: this task, or none that there is. */
static struct target target__of(enum target_kind kind, bool me)
{
	struct target target = { .kind = kind };
	struct stat folder = {};

	if (kind == TARGET_COMM) {
		strcpy(target.comm, me ? "init" : "nobody");
	} else if (kind == TARGET_CGROUP) {
		stat(me ? CGROUPS : CGROUPS "/other", &folder);
		target.id = folder.st_ino;
	} else {
		target.id = kind == TARGET_UID ? (me ? 0 : 999) : (me ? 1 : 9999);
	}
	return target;
}

/* A variable of .rodata, where the object has one. */
static void object__set(struct bpf_object *object, const char *name, const void *value, size_t value_size)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, ".rodata");
	long offset = map ? variable__find(bpf_object__btf(object), ".rodata", name, value_size) : -1;
	char data[4096];
	size_t size = 0;
	const void *initial = map ? bpf_map__initial_value(map, &size) : NULL;

	if (offset < 0 || !initial || size > sizeof(data))
		return;
	memcpy(data, initial, size);
	memcpy(data + offset, value, value_size);
	bpf_map__set_initial_value(map, data, size);
}

struct bpf_object *object__load(const char *name, __u32 kinds, bool me)
{
	const __u32 present = 1, levels = me ? 1 : 2;
	struct bpf_object *object;
	struct bpf_map *targets;
	__u64 filter = 0;
	char path[300];

	snprintf(path, sizeof(path), "/objects/%s", name);
	object = bpf_object__open_file(path, NULL);
	if (!object)
		return NULL;
	for (int kind = 0; kind <= TARGET_UID; kind++)
		if (kinds & 1U << kind)
			filter |= 1ULL << (target__of(kind, me).id * 0x9e3779b97f4a7c15ULL >> 58);
	object__set(object, "target_kinds", &kinds, sizeof(kinds));
	object__set(object, "cgroup_levels", &levels, sizeof(levels));
	object__set(object, "target_filter", &filter, sizeof(filter));
	if (bpf_object__load(object)) {
		bpf_object__close(object);
		return NULL;
	}
	targets = bpf_object__find_map_by_name(object, "targets");
	for (int kind = 0; targets && kind <= TARGET_UID; kind++) {
		struct target target = target__of(kind, me);

		if (kinds & 1U << kind)
			bpf_map__update_elem(targets, &target, sizeof(target), &present, sizeof(present), BPF_ANY);
	}
	return object;
}

size_t object__attach(struct bpf_object *object, struct bpf_link *links[MOST_LINKS])
{
	struct bpf_program *program;
	size_t attached = 0;

	bpf_object__for_each_program(program, object)
		if (attached < MOST_LINKS && (links[attached] = bpf_program__attach(program)))
			attached++;
	return attached;
}

void object__close(struct bpf_object *object, struct bpf_link *links[MOST_LINKS], size_t attached)
{
	while (attached)
		bpf_link__destroy(links[--attached]);
	bpf_object__close(object);
}

/* A generated object, loaded and attached without the loader. */
#ifndef AIMED_H
#define AIMED_H

#include <bpf/libbpf.h>
#include <stdbool.h>

#define CGROUPS "/sys/fs/cgroup"

enum { MOST_LINKS = 16 };

/* Of a file below /objects, for this task or for nobody that there is, by bits of TARGET_*; NULL where it can't be loaded. */
struct bpf_object *object__load(const char *name, __u32 kinds, bool me);

/* How many of its programs could be attached. */
size_t object__attach(struct bpf_object *object, struct bpf_link *links[MOST_LINKS]);

void object__close(struct bpf_object *object, struct bpf_link *links[MOST_LINKS], size_t attached);

#endif

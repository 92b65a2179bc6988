/*
 * An object as injectc makes them, written by hand: security_file_open() of a file called "bananas" gives EIO. Its frame,
 * vfs_open(), is only counted.
 */
#include <linux/bpf.h>
#include <linux/types.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

enum { PID, TID, CGROUP, COMM, UID };

struct qstr {
	const unsigned char *name;
} __attribute__((preserve_access_index));

struct dentry {
	struct qstr d_name;
} __attribute__((preserve_access_index));

struct path {
	struct dentry *dentry;
} __attribute__((preserve_access_index));

struct file {
	struct path f_path;
} __attribute__((preserve_access_index));

struct target {
	__u64 kind;
	union {
		__u64 id;
		char comm[16];
	};
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 2);
	__type(key, struct target);
	__type(value, __u32);
} targets SEC(".maps");

__u64 probability SEC(".data") = 1ULL << 32;
__u64 times SEC(".data") = 0;
__u64 interval SEC(".data") = 1;
__u64 space SEC(".data") = 0;
__u64 observe SEC(".data") = 0;
const volatile __u32 target_kinds = 0;
const volatile __u32 cgroup_levels = 0;
const volatile __u32 loader_tgid = 0;

struct {
	__u64 seen, eligible, rolled_out, injected, observed;
	struct {
		__u64 entered, passed;
	} frames[1];
} counters;

static __always_inline int is_target(__u32 kind, __u64 id)
{
	struct target target = { .kind = kind };

	if (!(target_kinds & 1U << kind))
		return 0;
	if (kind == COMM)
		bpf_get_current_comm(target.comm, sizeof(target.comm));
	else
		target.id = id;
	return !!bpf_map_lookup_elem(&targets, &target);
}

static __always_inline int is_in_cgroup(void)
{
	for (int level = 0; level < 32; level++)
		if (cgroup_levels & 1U << level && is_target(CGROUP, bpf_get_current_ancestor_cgroup_id(level)))
			return 1;
	return 0;
}

static __always_inline int is_meant(void)
{
	__u64 task = bpf_get_current_pid_tgid();

	if (loader_tgid && task >> 32 == loader_tgid)
		return 0;
	return !target_kinds || is_target(PID, task >> 32) || is_target(TID, (__u32)task) || is_target(COMM, 0) ||
	       is_target(UID, (__u32)bpf_get_current_uid_gid()) || is_in_cgroup();
}

SEC("fentry/vfs_open")
int frame(void *context)
{
	__sync_fetch_and_add(&counters.frames[0].entered, 1);
	__sync_fetch_and_add(&counters.frames[0].passed, 1);
	return 0;
}

SEC("fmod_ret/security_file_open")
long BPF_PROG(fault, struct file *file)
{
	const char wanted[8] = "bananas";
	char name[8] = {};

	bpf_probe_read_kernel_str(name, sizeof(name), file->f_path.dentry->d_name.name);
	for (int i = 0; i < 8; i++)
		if (name[i] != wanted[i])
			return 0;
	__sync_fetch_and_add(&counters.seen, 1);
	if (!is_meant())
		return 0;
	__sync_fetch_and_add(&counters.eligible, 1);
	if (probability < 1ULL << 32 && bpf_get_prandom_u32() >= probability) {
		__sync_fetch_and_add(&counters.rolled_out, 1);
		return 0;
	}
	if (times && counters.injected >= times)
		return 0;
	__sync_fetch_and_add(observe ? &counters.observed : &counters.injected, 1);
	return observe ? 0 : -5;
}

char LICENSE[] SEC("license") = "GPL";

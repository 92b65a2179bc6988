/* SPDX-License-Identifier: GPL-2.0-only */
/* Lets only programs be loaded of which the kernel has checked a signature, and what these load themselves. */
#define SEC(name) __attribute__((section(name), used))

char LICENSE[] SEC("license") = "GPL";

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct bpf_prog_aux {
	struct {
		unsigned char verdict;
	} sig;
};

struct bpf_prog {
	struct bpf_prog_aux *aux;
};
#pragma clang attribute pop

enum { BPF_SIG_VERIFIED = 1 };

SEC("lsm/bpf_prog_load")
int admit(unsigned long long *ctx)
{
	struct bpf_prog *program = (struct bpf_prog *)ctx[0];
	_Bool by_kernel = ctx[3];

	return by_kernel || program->aux->sig.verdict == BPF_SIG_VERIFIED ? 0 : -1; /* EPERM */
}

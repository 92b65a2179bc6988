/* pool: has the kernel send a packet to an XDP program that drops it, for which it takes pages from a pool, and says how that went. */
#include <err.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	const struct bpf_insn drop[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = XDP_DROP },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	static char packet[64];
	union bpf_attr load = {
		.prog_type = BPF_PROG_TYPE_XDP,
		.insns = (__u64)drop,
		.insn_cnt = sizeof(drop) / sizeof(*drop),
		.license = (__u64) "GPL",
	};
	union bpf_attr run = {
		.test = { .data_in = (__u64)packet, .data_size_in = sizeof(packet), .repeat = 1, .flags = BPF_F_TEST_XDP_LIVE_FRAMES },
	};
	int program = syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof(load));

	if (program < 0)
		err(1, "load");
	run.test.prog_fd = program;
	puts(syscall(SYS_bpf, BPF_PROG_TEST_RUN, &run, sizeof(run)) ? strerror(errno) : "sent");
	return 0;
}

#include "probe.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <unistd.h>

/* Instructions by the names of the kernel's include/linux/filter.h. */
#define MOV64_IMM(dst, value) { .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = dst, .imm = value }
#define MOV64_REG(dst, src) { .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = dst, .src_reg = src }
#define ST_MEM_DW(dst, offset, value) { .code = BPF_ST | BPF_MEM | BPF_DW, .dst_reg = dst, .off = offset, .imm = value }
#define ATOMIC_FETCH_ADD_DW(dst, src, offset) \
	{ .code = BPF_STX | BPF_ATOMIC | BPF_DW, .dst_reg = dst, .src_reg = src, .off = offset, .imm = BPF_ADD | BPF_FETCH }
#define LD_MAP_FD(dst, fd) \
	{ .code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = dst, .src_reg = BPF_PSEUDO_MAP_FD, .imm = fd }, {}
#define CALL(helper) { .code = BPF_JMP | BPF_CALL, .imm = helper }
#define EXIT() { .code = BPF_JMP | BPF_EXIT }

#define program__try(instructions) program__load(instructions, sizeof(instructions) / sizeof(*instructions))

static int program__load(const struct bpf_insn *instructions, size_t count)
{
	int fd = bpf_prog_load(BPF_PROG_TYPE_KPROBE, "probe", "GPL", instructions, count, NULL);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

int probe__nothing(void)
{
	const struct bpf_insn program[] = { MOV64_IMM(BPF_REG_0, 0), EXIT() };

	return program__try(program);
}

int probe__override(void)
{
	const struct bpf_insn program[] = {
		MOV64_IMM(BPF_REG_2, 0),
		CALL(BPF_FUNC_override_return),
		MOV64_IMM(BPF_REG_0, 0),
		EXIT(),
	};

	return program__try(program);
}

int probe__atomic_fetch(void)
{
	const struct bpf_insn program[] = {
		ST_MEM_DW(BPF_REG_10, -8, 0),
		MOV64_IMM(BPF_REG_1, 1),
		ATOMIC_FETCH_ADD_DW(BPF_REG_10, BPF_REG_1, -8),
		MOV64_IMM(BPF_REG_0, 0),
		EXIT(),
	};

	return program__try(program);
}

int probe__task_btf(void)
{
	const struct bpf_insn program[] = {
		CALL(BPF_FUNC_get_current_task_btf),
		MOV64_IMM(BPF_REG_0, 0),
		EXIT(),
	};

	return program__try(program);
}

/* A map of 4 bytes a task: such maps demand BTF. */
static int task_storage__create(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_NO_PREALLOC);
	struct btf *btf = btf__new_empty();
	int fd, type;

	if (!btf)
		return -ENOMEM;
	type = btf__add_int(btf, "int", sizeof(int), BTF_INT_SIGNED);
	fd = type < 0 ? type : btf__load_into_kernel(btf);
	if (!fd) {
		options.btf_fd = btf__fd(btf);
		options.btf_key_type_id = options.btf_value_type_id = type;
		fd = bpf_map_create(BPF_MAP_TYPE_TASK_STORAGE, "probe", sizeof(int), sizeof(int), 0, &options);
	}
	btf__free(btf);
	return fd;
}

int probe__task_storage(void)
{
	int fd = task_storage__create();
	const struct bpf_insn program[] = {
		CALL(BPF_FUNC_get_current_task_btf),
		MOV64_REG(BPF_REG_2, BPF_REG_0),
		LD_MAP_FD(BPF_REG_1, fd),
		MOV64_IMM(BPF_REG_3, 0),
		MOV64_IMM(BPF_REG_4, 0),
		CALL(BPF_FUNC_task_storage_get),
		MOV64_IMM(BPF_REG_0, 0),
		EXIT(),
	};
	int err;

	if (fd < 0)
		return fd;
	err = program__try(program);
	close(fd);
	return err;
}

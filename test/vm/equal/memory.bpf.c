/* Memory of the kernel's that user space fills, and its address. */

typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef unsigned short __u16, __be16;
typedef unsigned int __be32, __wsum;
typedef int __s32;
typedef long long __s64;
typedef unsigned char __u8;

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

unsigned char memory[0x10000] SEC(".data.memory") = { 1 };
unsigned long long address SEC(".data.address") = 1;

SEC("raw_tp")
int run(void *ctx)
{
	address = (unsigned long long)memory;
	return 0;
}

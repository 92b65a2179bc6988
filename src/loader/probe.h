/*
 * Tiny programs and maps that show what the kernel can do; all gone before these return. Each returns 0 where it can, else
 * a negative errno. libbpf's own probe of helpers takes any refusal in newer words for a yes, so these load what is whole.
 */
#ifndef PROBE_H
#define PROBE_H

/* A kprobe program that does nothing. */
int probe__nothing(void);

/* bpf_override_return(): needs CONFIG_BPF_KPROBE_OVERRIDE. */
int probe__override(void);

/* An addition that gives the old value: 5.12, and the JIT's consent. */
int probe__atomic_fetch(void);

/* The current task as BTF knows it: 5.11, and the kernel's own BTF. */
int probe__task_btf(void);

/* A task's own storage from kprobe and tracing programs, which share their list of helpers: 5.13. */
int probe__task_storage(void);

#endif

/* A kernel made up for the expressions: its types are the fixture's, its functions take them. */

#include "fixture.h"

struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip, cs, flags, sp, ss;
};

/* What a kernel of today tells of itself. */
enum feature { BPF_FUNC_get_func_ip = 173, BPF_MODIFY_RETURN = 26 };

long equal_fault(enum feature unused)
{
	return unused;
}

int equal_signed(struct fixture *f, s8 a, short b, int c, long d)
{
	return 0;
}

int equal_unsigned(struct fixture *f, u8 a, u16 b, unsigned int c, unsigned long d)
{
	return 0;
}

int equal_mixed(struct fixture *f, bool a, char b, enum color c, u64 d)
{
	return 0;
}

int equal_opaque(void *p, u8 a, enum positive b, dev_t c, s64 d)
{
	return 0;
}

long __x64_sys_equal(const struct pt_regs *regs)
{
	return regs->ax + LOWEST + TINY;
}

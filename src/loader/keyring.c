#define _GNU_SOURCE
#include "keyring.h"

#include <errno.h>
#include <linux/keyctl.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "number.h"
#include "report.h"

#define PROGRAM_TYPE_SYSCALL 31

/* BPF_PROG_LOAD of `union bpf_attr`, whose end is younger than the headers at hand may be. */
struct program_attributes {
	__u32 type, count;
	__u64 instructions, license;
	__u32 log_level, log_size;
	__u64 log;
	__u32 version, flags;
	char name[16];
	__u32 interface, attach_type, btf, function_size;
	__u64 functions;
	__u32 functions_count, line_size;
	__u64 lines;
	__u32 lines_count, attach_id, attach_fd, relocations_count;
	__u64 descriptors, relocations;
	__u32 relocation_size, log_true_size;
	__s32 token;
	__u32 descriptors_count;
	__u64 signature;
	__u32 signature_size;
	__s32 keyring;
};

int bpf__call(enum bpf_cmd command, void *attributes, size_t size)
{
	int result = syscall(SYS_bpf, command, attributes, size);

	return result < 0 ? -errno : result;
}

static const struct {
	const char *name;
	__s32 id;
} keyrings[] = {
	{ "session", KEY_SPEC_SESSION_KEYRING }, { "user", KEY_SPEC_USER_KEYRING }, { "builtin", 0 },
	/* VERIFY_USE_SECONDARY_KEYRING and VERIFY_USE_PLATFORM_KEYRING of the kernel's include/linux/verification.h. */
	{ "secondary", 1 }, { "platform", 2 },
};

bool keyring__find(const char *name, __s32 *id)
{
	__u64 serial;

	for (size_t i = 0; i < sizeof(keyrings) / sizeof(*keyrings); i++) {
		*id = keyrings[i].id;
		if (!strcmp(name, keyrings[i].name))
			return true;
	}
	*id = number__decimal(name, INT32_MAX, &serial) ? serial : 0;
	return *id > 2;
}

int keyring__load(const struct file *instructions, const struct file *signature, __s32 keyring, int map, bool bound)
{
	struct program_attributes attributes = {
		.type = PROGRAM_TYPE_SYSCALL,
		.count = instructions->size / sizeof(struct bpf_insn),
		.instructions = (__u64)instructions->data,
		.license = (__u64) "GPL",
		.flags = BPF_F_SLEEPABLE,
		.name = "skeleton",
		.descriptors = map < 0 ? 0 : (__u64)&map,
		.descriptors_count = bound,
		.signature = (__u64)signature->data,
		.signature_size = signature->size,
		.keyring = keyring,
	};

	return bpf__call(BPF_PROG_LOAD, &attributes, sizeof(attributes));
}

/* Whether a struct of the kernel has a member of this name. */
static bool struct__has(const struct btf *btf, const char *name, const char *member)
{
	int id = btf ? btf__find_by_name_kind(btf, name, BTF_KIND_STRUCT) : -1;
	const struct btf_type *type;

	if (id < 0)
		return false;
	type = btf__type_by_id(btf, id);
	for (int i = 0; i < btf_vlen(type); i++)
		if (!strcmp(btf__name_by_offset(btf, btf_members(type)[i].name_off), member))
			return true;
	return false;
}

/* What a signature that is none is refused with tells whether the kernel looks at signatures at all. */
static const char *kernel__check_complaint(const struct kernel *kernel)
{
	static const struct bpf_insn nothing[] = { { .code = BPF_ALU64 | BPF_MOV | BPF_K }, { .code = BPF_JMP | BPF_EXIT } };
	const struct file none = { .data = (unsigned char *)"", .size = 1 };
	const struct file program = { .data = (unsigned char *)nothing, .size = sizeof(nothing) };
	int err = keyring__load(&program, &none, 0, -1, false);

	if (err == -EBADMSG && !kernel->btf)
		return "it has no BTF (/sys/kernel/btf/vmlinux), which tells what its signatures are over";
	if (err == -EBADMSG)
		return NULL;
	if (err == -EPERM || err == -EACCES)
		return kernel__privilege_complaint(kernel);
	if (err == -EOPNOTSUPP)
		return "it was built without CONFIG_SYSTEM_DATA_VERIFICATION";
	if (err >= 0)
		close(err);
	return "it is older than Linux 6.18, or was built without CONFIG_KEYS";
}

void kernel__entrust(struct kernel *kernel, const char *keyring)
{
	kernel->keyring = keyring;
	if (!keyring)
		return;
	keyring__find(keyring, &kernel->keyring_id);
	kernel->unchecked = kernel__check_complaint(kernel);
	/* From 7.3 on the verifier itself looks at signatures. */
	kernel->coverage = struct__has(kernel->btf, "bpf_verifier_env", "signature") ? COVERS_METADATA_TOO : COVERS_INSTRUCTIONS;
	if (kernel->unchecked)
		report__words("this kernel (%s) can't check signatures of BPF programs: %s; so this loader alone has checked the bundle",
			      kernel->uname.release, kernel->unchecked);
}

/* The system's own, of which one can't ask, are always there. */
static bool keyring__is_missing(__s32 id)
{
	return (id < 0 || id > 2) && syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, id, 0) < 0;
}

int keyring__refuse(const struct kernel *kernel, const char *name, int err)
{
	const char *keyring = kernel->keyring, *why = strerror(-err);

	switch (-err) {
	case ENOKEY:
		return report__error(STAGE_VERIFY, "the kernel has no key in the keyring `%s` that vouches for the skeleton's signer: "
				     "add the certificate (openssl x509 -in CERT -outform DER | keyctl padd asymmetric inject @u) or "
				     "name another keyring", keyring);
	case EINVAL: /* of RSA with other bytes */
		if (keyring__is_missing(kernel->keyring_id))
			return report__error(STAGE_VERIFY, "the kernel does not find the keyring `%s`", keyring);
		/* fall through */
	case EKEYREJECTED:
		why = "its signature is not over these bytes";
		break;
	case EBADMSG:
		why = "its signature is not of the form that it knows";
		break;
	case ENOPKG:
		why = "it lacks an algorithm of the signature, or of a certificate that came with it: it was built without "
		      "CONFIG_CRYPTO_RSA, _ECDSA or _SHA256";
		break;
	case EPERM:
	case EACCES:
		why = kernel__privilege_complaint(kernel);
		break;
	}
	return report__error(STAGE_VERIFY, "the kernel refuses the skeleton of `%s`: %s", name, why);
}

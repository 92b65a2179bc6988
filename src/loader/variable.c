#include "variable.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

long variable__look(const struct btf *btf, const char *section, const char *name, size_t *size)
{
	int id = btf ? btf__find_by_name_kind(btf, section, BTF_KIND_DATASEC) : -1;
	const struct btf_var_secinfo *variable;
	const struct btf_type *type;

	if (id < 0)
		return -1;
	type = btf__type_by_id(btf, id);
	variable = btf_var_secinfos(type);
	for (int i = 0; i < btf_vlen(type); i++, variable++) {
		const struct btf_type *named = btf__type_by_id(btf, variable->type);

		if (!strcmp(btf__name_by_offset(btf, named->name_off), name)) {
			*size = variable->size;
			return variable->offset;
		}
	}
	return -1;
}

long variable__find(const struct btf *btf, const char *section, const char *name, size_t size)
{
	size_t actual = 0;
	long offset = variable__look(btf, section, name, &actual);

	return actual == size ? offset : -1;
}

int variable__store(int map, long offset, __u64 value)
{
	size_t size = offset + sizeof(value);
	char *data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, map, 0);

	if (data == MAP_FAILED)
		return errno;
	__atomic_store_n((__u64 *)(data + offset), value, __ATOMIC_RELAXED);
	munmap(data, size);
	return 0;
}

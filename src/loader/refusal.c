#define _GNU_SOURCE
#include "refusal.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* The kernel's own errno for "not supported", which strerror() does not know. */
#define ENOTSUPP 524

/*
 * The line of the verifier's log that says what is wrong: the last before its statistics, and from 7.3 on before the
 * explanation at length. Cuts `log` behind it.
 */
static const char *log__complaint(char *log)
{
	static const char *const statistics[] = { "processed ", "verification time", "stack depth" };
	char *end = strstr(log, "\nVerification failed:");

	if (!end)
		end = log + strlen(log);
	while (end > log) {
		char *line;
		bool telling;

		*end = 0;
		line = memrchr(log, '\n', end - log);
		line = line ? line + 1 : log;
		telling = line[strspn(line, " \t")];
		for (size_t i = 0; i < sizeof(statistics) / sizeof(*statistics); i++)
			telling = telling && strncmp(line, statistics[i], strlen(statistics[i]));
		if (telling)
			return line;
		end = line > log ? line - 1 : log;
	}
	return NULL;
}

int refusal__report_load(const struct object *object, int err)
{
	const char *file = object->entry->file, *line;

	if (*object->log) {
		report__words("the verifier's log:\n%s", object->log);
		line = log__complaint(object->log);
		/* From 5.14 on, and in stable kernels before, lockdown takes helpers away. */
		if (line && kernel__is_locked_down() && (strstr(line, "unknown func") || strstr(line, "cannot use helper")))
			return report__error_log(STAGE_LOAD, line, "the kernel refuses `%s`: " LOCKED_DOWN, file);
		if (line)
			return report__error_log(STAGE_LOAD, line, "the kernel's verifier refuses `%s`: %s", file, line);
	}
	if (err == -EPERM || err == -EACCES)
		return report__error(STAGE_LOAD, "the kernel refuses to load `%s`: %s", file,
				     kernel__privilege_complaint(object->kernel));
	if (!object->kernel->btf)
		return report__error(STAGE_LOAD, "`%s` can't be fitted to this kernel, which has no BTF "
				     "(/sys/kernel/btf/vmlinux): it was built without CONFIG_DEBUG_INFO_BTF, or /sys is not mounted", file);
	return report__error(STAGE_LOAD, "`%s` can't be loaded: %s", file, strerror(-err));
}

/* What a program's section says: where it goes (`kprobe`), and the function's name. */
static const char *section__function(const char *section)
{
	const char *slash = strchr(section, '/');

	return slash ? slash + 1 : section;
}

/* Why the kernel did not attach the program of this section. */
static const char *attach__reason(const struct object *object, const char *section, int err)
{
	bool override = !strncmp(section, "kprobe/", 7) &&
			!strcmp(section__function(section), object->manifest->function);

	switch (-err) {
	case EINVAL:
		if (override)
			return "the kernel does not let this function be failed: it is not on its list of injectable functions "
			       "(/sys/kernel/debug/error_injection/list), or the probe is not at its very entry";
		return "the kernel does not let this function be probed: it may be on its blacklist "
		       "(/sys/kernel/debug/kprobes/blacklist)";
	case ENOENT:
	case ESRCH:
		return "the kernel has no such function that can be probed: it may be inlined, or in a module that is not "
		       "loaded";
	case EBUSY:
		return "something else holds this function: a live patch, or another tracer that changes it";
	case E2BIG:
		return "too many programs are attached to this function";
	case ENOTSUPP:
	case EOPNOTSUPP:
		return "this kernel can't attach programs of this kind to its functions: try the backend override, if the bundle "
		       "has it";
	case EPERM:
	case EACCES:
		return kernel__privilege_complaint(object->kernel);
	default:
		return strerror(-err);
	}
}

int refusal__report_attach(const struct object *object, const char *section, int err)
{
	return report__error(STAGE_ATTACH, "`%s` can't be attached: %s", section, attach__reason(object, section, err));
}

#define _GNU_SOURCE
#include "select.h"

#include <ctype.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Why an object does not fit, in its own memory. */
static char *reason__make(const char *format, ...) __attribute__((format(printf, 1, 2)));
static char *reason__make(const char *format, ...)
{
	va_list arguments;
	char *reason;

	va_start(arguments, format);
	if (vasprintf(&reason, format, arguments) < 0)
		reason = strdup("out of memory");
	va_end(arguments);
	return reason;
}

/* The options that the object's maker knows it to need: what may be missing along with a function. */
static char *config__hint(const struct manifest_object *object, const char *reason)
{
	char *text = reason__make("%s", reason), *longer;
	json_t *option;
	size_t i;

	json_array_foreach(object->config, i, option) {
		longer = reason__make("%s%s%s", text, i ? ", CONFIG_" : "; the object needs CONFIG_",
				      json_string_value(option));
		free(text);
		text = longer;
	}
	return text;
}

static __u32 arities__mask(const json_t *arities)
{
	__u32 mask = 0;
	json_t *arity;
	size_t i;

	json_array_foreach(arities, i, arity)
		mask |= 1U << json_integer_value(arity);
	return mask;
}

const char *select__types(const struct manifest_object *object, const struct kernel *kernel)
{
	json_t *made_for;
	size_t i;

	json_array_foreach(object->kernels, i, made_for) {
		const char *release = json_string_value(json_object_get(made_for, "release"));
		const char *btf = json_string_value(json_object_get(made_for, "btf"));

		if (release && btf && !strcmp(release, kernel->uname.release))
			return btf;
	}
	return NULL;
}

/* The releases whose types came along, if any did. */
static char *types__releases(const struct manifest_object *object)
{
	char *text = NULL, *longer;
	json_t *made_for;
	size_t i;

	json_array_foreach(object->kernels, i, made_for) {
		if (!json_object_get(made_for, "btf"))
			continue;
		longer = reason__make("%s%s%s", text ? text : "", text ? ", " : "",
				      json_string_value(json_object_get(made_for, "release")));
		free(text);
		text = longer;
	}
	return text;
}

static char *function__reason(const struct manifest_object *object, const struct kernel *kernel, const char *name,
			      const json_t *arities)
{
	char reason[700];

	switch (kernel__find_function(kernel, name, arities__mask(arities))) {
	case FUNCTION_FOUND:
		return NULL;
	case FUNCTION_OTHER_ARITY:
		return reason__make("`%s` has another number of parameters than the object expects", name);
	case FUNCTION_UNTYPED:
		/* A kprobe needs no prototype; an object that reads parameters does, unless it was made for this release. */
		if (!strcmp(object->backend, "override") && (!arities || select__types(object, kernel)))
			return NULL;
		return reason__make("the kernel has `%s`, but no BTF of its prototype%s", name,
				    kernel->btf ? "" : ", nor any (/sys/kernel/btf/vmlinux): it was built without "
						    "CONFIG_DEBUG_INFO_BTF, or /sys is not mounted");
	case FUNCTION_MISSING:
		break;
	}
	snprintf(reason, sizeof(reason), "the kernel has no function `%s`", name);
	return config__hint(object, reason);
}

/* Why this object does not fit, as far as can be read without loading anything; or NULL. */
static char *object__misfit(const struct manifest_object *object, const struct kernel *kernel, const char *backend)
{
	json_t *function;
	size_t i;

	if (strcmp(object->arch, kernel->arch))
		return reason__make("it is for %s", object->arch);
	if (backend && strcmp(object->backend, backend))
		return reason__make("it is not for the backend %s", backend);
	if (!strcmp(object->backend, "fmod_ret") && !kernel->btf)
		return reason__make("the kernel has no BTF (/sys/kernel/btf/vmlinux): it was built without "
				    "CONFIG_DEBUG_INFO_BTF, or /sys is not mounted");
	if (!kernel->btf && !select__types(object, kernel)) {
		char *releases = types__releases(object), *reason = NULL;

		if (releases)
			reason = reason__make("the kernel has no BTF (/sys/kernel/btf/vmlinux), and the bundle has types for "
					      "%s only: build it for this release, too", releases);
		free(releases);
		if (reason)
			return reason;
	}
	json_array_foreach(object->functions, i, function) {
		char *reason = function__reason(object, kernel, json_string_value(json_object_get(function, "name")),
						json_object_get(function, "arities"));

		if (reason)
			return reason;
	}
	return NULL;
}

/* What the kernel lacks for this object, found by loading tiny programs; or NULL. */
static char *object__lack(const struct manifest_object *object, const struct kernel *kernel)
{
	json_t *feature;
	size_t i;

	if (!strcmp(object->backend, "override") && !kernel__can_override(kernel))
		return config__hint(object, "kprobes can't override on this kernel: it was built without "
				    "CONFIG_BPF_KPROBE_OVERRIDE");
	json_array_foreach(object->features, i, feature) {
		const char *name = json_string_value(feature), *words = feature__words(name);

		if (!words)
			return reason__make("it needs `%s` of the kernel, which this loader knows nothing of", name);
		if (!kernel__has_feature(kernel, name))
			return reason__make("the kernel lacks %s", words);
	}
	return NULL;
}

/* How far a release is from the one that runs: 0 is the same, up to what a distribution adds to it. */
static unsigned int release__distance(const char *release, const char *running)
{
	unsigned int major, minor, major_here, minor_here;
	size_t length = strlen(release);

	if (!strncmp(release, running, length) && !isdigit(running[length]))
		return 0;
	if (sscanf(release, "%u.%u", &major, &minor) != 2 || sscanf(running, "%u.%u", &major_here, &minor_here) != 2)
		return UINT_MAX;
	return 1 + abs((int)(major << 16 | (minor & 0xffff)) - (int)(major_here << 16 | (minor_here & 0xffff)));
}

/* That of the nearest of the kernels that it was made for: constants in it are theirs. */
static unsigned int object__distance(const struct manifest_object *object, const struct kernel *kernel)
{
	unsigned int least = UINT_MAX, distance;
	json_t *made_for;
	size_t i;

	json_array_foreach(object->kernels, i, made_for) {
		const char *release = json_string_value(json_object_get(made_for, "release"));

		distance = release ? release__distance(release, kernel->uname.release) : UINT_MAX;
		if (distance < least)
			least = distance;
	}
	return least;
}

/* Of those that no reason speaks against, the one made for the nearest kernel, and the first of equals; else the count. */
static size_t objects__nearest(const struct manifest *manifest, const struct kernel *kernel, char *const *reasons)
{
	size_t nearest = manifest->object_count;
	unsigned int least = 0, distance;

	for (size_t i = 0; i < manifest->object_count; i++) {
		if (reasons[i])
			continue;
		distance = object__distance(&manifest->objects[i], kernel);
		if (nearest == manifest->object_count || distance < least) {
			nearest = i;
			least = distance;
		}
	}
	return nearest;
}

static int select__report(const struct manifest *manifest, const struct kernel *kernel, char *const *reasons)
{
	char *text = reason__make("no object of the bundle fits this kernel (%s, %s)", kernel->uname.release,
				  kernel->arch);
	int err;

	for (size_t i = 0; i < manifest->object_count; i++) {
		const struct manifest_object *object = &manifest->objects[i];
		char *longer = reason__make("%s%s %s (%s, %s): %s", text, i ? ";" : ":", object->file, object->backend,
					    object->arch, reasons[i]);

		free(text);
		text = longer;
	}
	err = report__error(STAGE_SELECT, "%s", text);
	free(text);
	return err;
}

int select__object(const struct manifest_object **selected, const struct manifest *manifest,
		   const struct kernel *kernel, const char *backend)
{
	char *reasons[MAX_OBJECTS] = {};
	bool any = false;
	size_t nearest;
	int err = 0;

	*selected = NULL;
	for (size_t i = 0; i < manifest->object_count; i++) {
		reasons[i] = object__misfit(&manifest->objects[i], kernel, backend);
		any = any || !reasons[i];
	}
	if (any)
		err = kernel__check(kernel);
	while (!err && !*selected && (nearest = objects__nearest(manifest, kernel, reasons)) < manifest->object_count) {
		reasons[nearest] = object__lack(&manifest->objects[nearest], kernel);
		if (!reasons[nearest])
			*selected = &manifest->objects[nearest];
	}
	if (!err && !*selected)
		err = select__report(manifest, kernel, reasons);
	for (size_t i = 0; i < manifest->object_count; i++)
		free(reasons[i]);
	return err;
}

#include <string.h>

#include "manifest.h"
#include "schema.h"
#include "tar.h"

/* What a file of a bundle is for. Of these, the loader uses objects, and the types and skeletons that go with them. */
static bool is_kind(const char *name)
{
	static const char *const kinds[] = { "object", "source", "btf", "skeleton", "spec", "loader", "bill" };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(kinds[i], name))
			return true;
	return false;
}

bool manifest__lists(const json_t *files, const char *path, const char *kind)
{
	size_t i;
	json_t *file;

	json_array_foreach(files, i, file)
		if (!strcmp(json_string_value(json_object_get(file, "path")), path))
			return !kind || !strcmp(json_string_value(json_object_get(file, "kind")), kind);
	return false;
}

int contents__check_files(json_t *files)
{
	const char *last = NULL;
	size_t i;
	json_t *file;

	if (!schema__is_list(files, MAX_LIST, JSON_OBJECT))
		return schema__refuse("files", "is not a list of files");
	json_array_foreach(files, i, file) {
		const char *path, *kind, *sha256;
		json_int_t size;
		int err = schema__unpack(file, "files", "{s:s, s:s, s:I, s:s}", "path", &path, "kind", &kind, "size",
					 &size, "sha256", &sha256);

		if (err)
			return err;
		if (!tar__is_path(path) || !strcmp(path, MANIFEST_FILE) || !strcmp(path, SIGNATURE_FILE))
			return schema__refuse(path, "is not a path inside a bundle");
		if (!is_kind(kind))
			return schema__refuse(path, "is of no kind that this loader knows");
		if (size < 0 || strlen(sha256) != 64 || strspn(sha256, "0123456789abcdef") != 64)
			return schema__refuse(path, "has no proper size and SHA-256");
		if (i > 0 && strcmp(path, last) <= 0)
			return schema__refuse(path, "is listed twice or out of order");
		last = path;
	}
	return 0;
}

static int kernels__check(const struct manifest *manifest, json_t *kernels)
{
	size_t i;
	json_t *kernel;

	if (!schema__is_list(kernels, MAX_LIST, JSON_OBJECT))
		return schema__refuse("kernels", "is not a list of kernels");
	json_array_foreach(kernels, i, kernel) {
		json_t *release;
		const char *name, *btf = NULL;
		int err = schema__unpack(kernel, "kernels", "{s:s, s:o, s?s}", "name", &name, "release", &release, "btf",
					 &btf);

		if (err)
			return err;
		if (!json_is_string(release) && !json_is_null(release))
			return schema__refuse("release", "is neither a string nor null");
		if (btf && !manifest__lists(manifest->files, btf, "btf"))
			return schema__refuse(btf, "is not among the bundle's files of the kind btf");
	}
	return 0;
}

static bool arities__are_sound(json_t *arities)
{
	size_t i;
	json_t *arity;

	if (!schema__is_list(arities, MAX_ARITY + 1, JSON_INTEGER) || !json_array_size(arities))
		return false;
	json_array_foreach(arities, i, arity)
		if (json_integer_value(arity) < 0 || json_integer_value(arity) > MAX_ARITY)
			return false;
	return true;
}

static int functions__check(json_t *functions)
{
	size_t i;
	json_t *function;

	if (!schema__is_list(functions, MAX_LIST, JSON_OBJECT))
		return schema__refuse("functions", "is not a list of functions");
	json_array_foreach(functions, i, function) {
		json_t *arities = NULL;
		const char *name;
		int err = schema__unpack(function, "functions", "{s:s, s?o}", "name", &name, "arities", &arities);

		if (err)
			return err;
		if (!schema__is_symbol(name) || (arities && !arities__are_sound(arities)))
			return schema__refuse("functions", "holds what can't be a function");
	}
	return 0;
}

static int loader__check(const struct manifest *manifest, json_t *json, struct skeleton *skeleton)
{
	static const char *const names[COVERAGES] = {
		[COVERS_INSTRUCTIONS] = "instructions",
		[COVERS_METADATA_TOO] = "instructions-and-metadata",
	};
	const char *covers;
	struct loader loader;
	int err = schema__unpack(json, "loaders", "{s:s, s:s, s:s}", "covers", &covers, "instructions", &loader.instructions,
				 "signature", &loader.signature);

	if (err)
		return err;
	if (!manifest__lists(manifest->files, loader.instructions, "skeleton") ||
	    !manifest__lists(manifest->files, loader.signature, "skeleton"))
		return schema__refuse(loader.instructions, "or its signature is not among the bundle's files of the kind skeleton");
	for (int i = 0; i < COVERAGES; i++) {
		if (strcmp(covers, names[i]))
			continue;
		skeleton->loaders[i] = loader;
		return 0;
	}
	return schema__refuse(covers, "is nothing that this loader knows a signature to be over");
}

static int skeleton__check(const struct manifest *manifest, json_t *json, struct skeleton *skeleton)
{
	json_t *loaders, *loader;
	size_t i;
	int err = schema__unpack(json, "skeleton", "{s:s, s:o}", "metadata", &skeleton->metadata, "loaders", &loaders);

	if (err)
		return err;
	if (!manifest__lists(manifest->files, skeleton->metadata, "skeleton"))
		return schema__refuse(skeleton->metadata, "is not among the bundle's files of the kind skeleton");
	if (!schema__is_list(loaders, COVERAGES, JSON_OBJECT) || !json_array_size(loaders))
		return schema__refuse("loaders", "is not a list of one loader or more");
	json_array_foreach(loaders, i, loader) {
		err = loader__check(manifest, loader, skeleton);
		if (err)
			return err;
	}
	return 0;
}

static int object__check(const struct manifest *manifest, json_t *json, struct manifest_object *object)
{
	const char *reason, *source;
	json_t *skeleton = NULL;
	int err = schema__unpack(json, "objects", "{s:s, s:s, s:s, s:s, s:s, s:o, s:{s:o, s:o, s:o}, s?o}", "file",
				 &object->file, "source", &source, "arch", &object->arch, "backend", &object->backend,
				 "reason", &reason, "kernels", &object->kernels, "needs", "features", &object->features,
				 "functions", &object->functions, "config", &object->config, "skeleton",
				 &skeleton);

	if (err)
		return err;
	if (!manifest__lists(manifest->files, object->file, "object") ||
	    !manifest__lists(manifest->files, source, "source"))
		return schema__refuse(object->file, "or its source is not among the bundle's files of these kinds");
	if (strcmp(object->arch, "x86_64") && strcmp(object->arch, "arm64"))
		return schema__refuse(object->arch, "is no arch that this loader knows");
	if (strcmp(object->backend, "fmod_ret") && strcmp(object->backend, "override"))
		return schema__refuse(object->backend, "is no backend that this loader knows");
	if (!schema__is_list(object->features, MAX_LIST, JSON_STRING) || !schema__is_list(object->config, MAX_LIST, JSON_STRING))
		return schema__refuse("needs", "holds what is not a list of names");
	err = skeleton ? skeleton__check(manifest, skeleton, &object->skeleton) : 0;
	err = err ? err : kernels__check(manifest, object->kernels);
	return err ? err : functions__check(object->functions);
}

int contents__check_objects(struct manifest *manifest, json_t *objects)
{
	size_t i;
	json_t *object;

	if (!schema__is_list(objects, MAX_OBJECTS, JSON_OBJECT) || !json_array_size(objects))
		return schema__refuse("objects", "is not a list of one object or more");
	json_array_foreach(objects, i, object) {
		int err = object__check(manifest, object, &manifest->objects[i]);

		if (err)
			return err;
	}
	manifest->object_count = json_array_size(objects);
	return 0;
}

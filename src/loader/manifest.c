#include "manifest.h"

#include <stdio.h>
#include <string.h>

#include "schema.h"

#define ALWAYS (1LL << 32)
/* The longest life in ms: what fits in nanoseconds. */
#define MAX_DURATION_MS 9e12

static int frames__check(struct frames *frames, json_t *list)
{
	size_t i;
	json_t *frame;

	if (!schema__is_list(list, MAX_FRAMES, JSON_OBJECT))
		return schema__refuse("frames", "is not a list of at most 16 frames");
	json_array_foreach(list, i, frame) {
		int err = schema__unpack(frame, "frames", "{s:s}", "function", &frames->function[i]);

		if (err)
			return err;
		if (!schema__is_symbol(frames->function[i]))
			return schema__refuse("frames", "holds what can't be a function");
	}
	frames->count = json_array_size(list);
	return 0;
}

static int trigger__check(struct settings *trigger, json_t *json)
{
	json_int_t probability, times, interval, space;
	int once;
	int err = schema__unpack(json, "trigger", "{s:I, s:I, s:I, s:I, s:b}", "probability", &probability, "times",
				 &times, "interval", &interval, "space", &space, "oncePerStack", &once);

	if (err)
		return err;
	if (probability < 1 || probability > ALWAYS || times < 0 || interval < 1 || space < 0)
		return schema__refuse("trigger", "holds a number out of its range");
	*trigger = (struct settings){ { probability, times, interval, space, 0 } };
	return 0;
}

static int targets__check(const struct manifest *manifest)
{
	for (int kind = 0; kind < TARGET_KINDS; kind++) {
		bool text = kind == TARGET_CGROUP || kind == TARGET_COMM;

		if (!schema__is_list(manifest->targets[kind], MAX_LIST, text ? JSON_STRING : JSON_INTEGER))
			return schema__refuse(target_names[kind], "is not a list of targets");
	}
	return 0;
}

static int duration__check(struct manifest *manifest, const json_t *ms)
{
	if (json_is_null(ms))
		return 0;
	if (!json_is_number(ms) || !(json_number_value(ms) > 0) || json_number_value(ms) > MAX_DURATION_MS)
		return schema__refuse("durationMs", "is neither null nor a time over zero");
	manifest->duration = (__u64)(json_number_value(ms) * 1e6);
	return 0;
}

/* What the loader has no use for: whoever places or tries the bundle has. */
static int extras__check(const json_t *placement, json_t *proof)
{
	const char *run, *attached;

	if (!json_is_object(placement) && !json_is_null(placement))
		return schema__refuse("placement", "is neither an object nor null");
	if (json_is_null(proof))
		return 0;
	return schema__unpack(proof, "proof", "{s:s, s:s}", "run", &run, "attached", &attached);
}

static int root__unpack(struct manifest *manifest)
{
	json_t *frames, *trigger, *duration, *placement, *proof, *objects;
	const char *name, *input, *spec, *kind, *returns, *tool[3];
	json_t **target = manifest->targets;
	json_int_t value;
	int err;

	err = schema__unpack(manifest->root, "(top level)", "{s:s, s:s, s:{s:s, s:s}, s:{s:s, s:s, s:I, s:s}, s:o, s:o,"
			     " s:{s:o, s:o, s:o, s:o, s:o}, s:o, s:o, s:o, s:o, s:o, s:{s:s, s:s, s:s}}",
			     "schema", &name, "name", &name, "spec", "input", &input, "file", &spec, "fault", "kind",
			     &kind, "function", &manifest->function, "value", &value, "return", &returns, "frames",
			     &frames, "trigger", &trigger, "target", "pid", &target[TARGET_PID], "tid",
			     &target[TARGET_TID], "cgroup", &target[TARGET_CGROUP], "comm", &target[TARGET_COMM], "uid",
			     &target[TARGET_UID], "durationMs", &duration, "placement", &placement, "proof", &proof,
			     "objects", &objects, "files", &manifest->files, "tools", "injectc", &tool[0], "clang",
			     &tool[1], "bpftool", &tool[2]);
	if (err)
		return err;
	err = contents__check_files(manifest->files);
	if (err)
		return err;
	if (!manifest__lists(manifest->files, spec, "spec"))
		return schema__refuse(spec, "is not among the bundle's files of the kind spec");
	if (!schema__is_symbol(manifest->function))
		return schema__refuse("fault", "names what can't be a function");
	err = frames__check(&manifest->frames, frames);
	err = err ? err : trigger__check(&manifest->trigger, trigger);
	err = err ? err : targets__check(manifest);
	err = err ? err : duration__check(manifest, duration);
	err = err ? err : extras__check(placement, proof);
	return err ? err : contents__check_objects(manifest, objects);
}

int manifest__parse(struct manifest *manifest, const struct file *text)
{
	const char *schema;
	json_error_t error;

	instance__identify(text, manifest->id);
	manifest->root = json_loadb((const char *)text->data, text->size, JSON_REJECT_DUPLICATES, &error);
	if (!manifest->root)
		return report__error(STAGE_VERIFY, "%s is not JSON as it must be: %s, at line %d, column %d", MANIFEST_FILE,
				     error.text, error.line, error.column);
	/* First of all: another schema's manifest is not a faulty one. */
	schema = json_string_value(json_object_get(manifest->root, "schema"));
	if (!schema || strcmp(schema, SCHEMA))
		return report__error(STAGE_VERIFY, "the bundle has the schema `%s`; this loader knows %s only: use the loader "
				     "of the injectc that built it", schema ? schema : "(none)", SCHEMA);
	return root__unpack(manifest);
}

int manifest__add_targets(const struct manifest *manifest, struct targets *targets)
{
	for (int kind = 0; kind < TARGET_KINDS; kind++) {
		size_t i;
		json_t *value;

		json_array_foreach(manifest->targets[kind], i, value) {
			char number[32];
			int err;

			snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(value));
			err = targets__add(targets, kind, json_is_string(value) ? json_string_value(value) : number);
			if (err)
				return err;
		}
	}
	return 0;
}

void manifest__close(struct manifest *manifest)
{
	json_decref(manifest->root);
	*manifest = (struct manifest){};
}

/*
 * inject-load: checks a signed bundle, loads the object in it that fits this kernel, and keeps it attached for a while.
 * Nothing reaches the kernel before signature and hashes hold; nothing stays there when this ends, however it ends.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bundle.h"
#include "capture.h"
#include "events.h"
#include "harden.h"
#include "instance.h"
#include "kernel.h"
#include "keyring.h"
#include "manifest.h"
#include "object.h"
#include "options.h"
#include "report.h"
#include "select.h"
#include "target.h"
#include "verify.h"
#include "wait.h"

/* A descriptor of ours must not become what stdout or stderr is thought to be. */
static void stdio__open(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	close(fd);
}

/* The targets of the command line, else the bundle's; neither of them: everything, if `--all` says that it is meant. */
static int targets__resolve(struct targets *targets, const struct options *options, const struct manifest *manifest)
{
	int err = targets__check_namespace();

	for (size_t i = 0; !err && i < options->wish_count; i++)
		err = targets__add(targets, options->wishes[i].kind, options->wishes[i].value);
	if (err || options->all || options->wish_count)
		return err;
	err = manifest__add_targets(manifest, targets);
	if (err || targets->count)
		return err;
	return report__error(STAGE_USAGE, "the bundle names no target, so this would fail the calls of every task: say whom with "
			     "--pid, --tid, --cgroup, --comm or --uid, or `--all` if that is meant");
}

/* What the command line wants of loaders that run. */
static int instance__direct(const struct options *options)
{
	char id[ID_SIZE] = "";
	/* Else another process may have the number of a loader. */
	int err = targets__check_namespace();

	err = err ? err : instance__name(options->bundle, id);
	if (err)
		return err;
	return options->stop ? instance__stop(id) : settings__change(id, options->sets, options->set_count);
}

/* The command line's word counts before the bundle's. */
static __u64 knob__or(const struct knob *knob, __u64 otherwise)
{
	return knob->given ? knob->value : otherwise;
}

int main(int argc, char **argv)
{
	struct options options = {};
	struct bundle bundle = {};
	struct manifest manifest = {};
	struct targets targets = {};
	struct kernel kernel = {};
	struct object object = {};
	struct events events = {};
	struct vigil vigil = { -1, -1, -1 };
	const struct manifest_object *selected;
	struct settings settings;
	struct tally tally;
	const char *reason;
	int err;

	stdio__open();
	harden__begin();
	err = options__parse(&options, argc, argv);
	if (err || options.answered)
		goto cleanup;
	if (options.capture) {
		err = capture__write();
		goto cleanup;
	}
	if (options.stop || options.set_count) {
		err = instance__direct(&options);
		goto cleanup;
	}

	err = bundle__open(&bundle, options.bundle);
	if (err)
		goto cleanup;

	err = verify__bundle(&bundle, &options.trust, &manifest);
	if (err)
		goto cleanup;

	kernel__open(&kernel);
	targets__open(&targets, kernel.btf);
	err = targets__resolve(&targets, &options, &manifest);
	if (err)
		goto cleanup;
	settings = manifest.trigger;
	settings.values[SETTING_PROBABILITY] = knob__or(&options.probability, settings.values[SETTING_PROBABILITY]);
	settings.values[SETTING_TIMES] = knob__or(&options.times, settings.values[SETTING_TIMES]);
	settings.values[SETTING_OBSERVE] = options.observe;

	kernel__entrust(&kernel, options.keyring);
	err = select__object(&selected, &manifest, &kernel, options.backend);
	if (err)
		goto cleanup;
	err = object__open(&object, &bundle, &manifest, selected, &kernel);
	if (err)
		goto cleanup;
	object.events = options.events;
	err = object__load(&object, &settings, &targets);
	if (err)
		goto cleanup;

	if (!options.again)
		err = instance__check_alone(manifest.id);
	if (err)
		goto cleanup;

	err = wait__open(&vigil);
	if (err)
		goto cleanup;
	err = events__open(&events, &object, vigil.signals);
	if (err)
		goto cleanup;
	err = object__attach(&object);
	if (err)
		goto cleanup;
	err = wait__begin(&vigil, knob__or(&options.duration, manifest.duration), &object);
	if (err)
		goto cleanup;
	err = object__report_attached(&object);
	if (err)
		goto cleanup;

	harden__settle();
	reason = wait__run(&vigil, &object, &targets, &events);

	object__detach(&object);
	err = !reason || events__finish(&events) || object__tally(&object, &tally);
	if (err)
		goto cleanup;
	tally.counters.dropped += events.discarded;
	err = report__detached(reason, &tally);
	if (!err && options.linger && strcmp(reason, "signal")) {
		events__close(&events);
		object__close(&object);
		wait__linger(&vigil);
	}

cleanup:
	events__close(&events);
	object__close(&object);
	wait__close(&vigil);
	kernel__close(&kernel);
	targets__close(&targets);
	manifest__close(&manifest);
	bundle__close(&bundle);
	options__close(&options);
	return err;
}

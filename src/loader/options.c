#include "options.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keyring.h"
#include "number.h"
#include "parts.h"
#include "report.h"

enum option_id { TRUST, TARGET, ALL, OBSERVE, EVENTS, AGAIN, SET, STOP, PROBABILITY, TIMES, DURATION, BACKEND, KEYRING, CAPTURE, LINGER, HELP, RELEASE };

/* An option; `value` is what usage calls its value, NULL where it takes none. */
static const struct option {
	const char *name;
	const char *value;
	enum option_id id;
	enum target_kind kind; /* of a TARGET */
	const char *help;
} options_known[] = {
	{ "trust", "CERT", TRUST, 0, "a PEM file of certificates, one of which must vouch for the bundle" },
	{ "pid", "N", TARGET, TARGET_PID, "a process to inject into, with all its threads" },
	{ "tid", "N", TARGET, TARGET_TID, "a single thread" },
	{ "cgroup", "PATH", TARGET, TARGET_CGROUP, "a cgroup's folder: its tasks and those of all below it" },
	{ "comm", "NAME", TARGET, TARGET_COMM, "tasks of this name" },
	{ "uid", "N", TARGET, TARGET_UID, "tasks of this real user" },
	{ "all", NULL, ALL, 0, "every task of the node, whatever target the bundle names" },
	{ "observe", NULL, OBSERVE, 0, "count what would be injected, inject nothing" },
	{ "events", NULL, EVENTS, 0, "tell of each injection: time, task, stack, and the arguments that predicates read" },
	{ "probability", "P", PROBABILITY, 0, "a fraction up to 1, or a percentage: 0.1, 10%" },
	{ "times", "N", TIMES, 0, "inject at most N times; 0 is no limit" },
	{ "duration", "D", DURATION, 0, "detach after this time: 300ms, 1.5h, 2h45m" },
	{ "again", NULL, AGAIN, 0, "even where another loader has this bundle attached: limits count twice" },
	{ "backend", "B", BACKEND, 0, "fmod_ret or override; else the first that this kernel can do" },
	{ "keyring", "RING", KEYRING, 0, "let the kernel (6.18+), too, check the signature, by the keyring user, session, builtin, ..." },
	{ "linger", NULL, LINGER, 0, "once it is over, wait for a signal: for supervisors that start again what ends" },
	{ "set", "NAME=V", SET, 0, "change a bundle that is loaded: probability, times, interval, space, observe" },
	{ "stop", NULL, STOP, 0, "end the loaders of a bundle" },
	{ "capture", NULL, CAPTURE, 0, "write a tar of what injectc wants to know of this kernel to stdout" },
	{ "help", NULL, HELP, 0, "print this" },
	{ "version", NULL, RELEASE, 0, "print the versions of this program and its libraries" },
};
#define OPTION_COUNT (sizeof(options_known) / sizeof(*options_known))

static void usage__print(void)
{
	puts("usage: inject-load BUNDLE --trust CERT [options]\n"
	     "       inject-load --set NAME=VALUE [--set ...] BUNDLE|ID\n"
	     "       inject-load --stop BUNDLE|ID\n"
	     "       inject-load --capture >NODE.tar\n\n"
	     "Checks a bundle, attaches the object in it that fits this kernel, and detaches when the time is over or a\n"
	     "signal comes (SIGINT, SIGTERM, SIGHUP). Prints one JSON object a line.\n");
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		char left[32];

		snprintf(left, sizeof(left), "--%s %s", options_known[i].name,
			 options_known[i].value ? options_known[i].value : "");
		printf("  %-16s %s\n", left, options_known[i].help);
	}
	puts("\n--trust and targets may be given many times and add up; without any target, those of the bundle hold. A target\n"
	     "`@FILE` are the lines of the file. Exit status: 0 fine, 1 refused or failed, 2 usage.");
}

/* The option that `word` (`--name` or `--name=value`) is; `value` points after the `=`, or is NULL. */
static const struct option *option__find(const char *word, const char **value)
{
	size_t length = strcspn(word, "=");

	*value = word[length] ? word + length + 1 : NULL;
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option *option = &options_known[i];

		if (strlen(option->name) + 2 == length && !strncmp(word, "--", 2) &&
		    !strncmp(word + 2, option->name, length - 2))
			return option;
	}
	return NULL;
}

/* Reads a knob that is to be given once. */
static int knob__set(struct knob *knob, const char *name, const char *value, bool good, const char *example)
{
	if (knob->given)
		return report__error(STAGE_USAGE, "`--%s` is given twice; give it once", name);
	knob->given = true;
	if (good)
		return 0;
	return report__error(STAGE_USAGE, "`--%s %s` is not valid; it takes %s", name, value, example);
}

static int text__set(const char **text, const char *name, const char *value)
{
	if (*text)
		return report__error(STAGE_USAGE, "`--%s` is given twice; give it once", name);
	*text = value;
	return 0;
}

static int wish__add(struct options *options, enum target_kind kind, const char *value)
{
	const char *complaint = *value == '@' ? NULL : target__complaint(kind, value);

	if (complaint)
		return report__error(STAGE_USAGE, "`--%s %s` is not valid: the value %s", target_names[kind], value,
				     complaint);
	options->wishes[options->wish_count++] = (struct wish){ .kind = kind, .value = value };
	return 0;
}

static int duration__set(struct knob *knob, const char *name, const char *value)
{
	__s64 duration = 0;
	bool good = number__duration(value, &duration) && duration > 0;

	knob->value = duration;
	return knob__set(knob, name, value, good, "a time over zero with its unit: 300ms, 1.5h, 2h45m");
}

static int option__apply(struct options *options, const struct option *option, const char *value)
{
	const char *name = option->name;
	__s32 keyring;

	switch (option->id) {
	case TRUST:
		options->trust.paths[options->trust.count++] = value;
		return 0;
	case TARGET:
		return wish__add(options, option->kind, value);
	case ALL:
		options->all = true;
		return 0;
	case OBSERVE:
		options->observe = true;
		return 0;
	case EVENTS:
		options->events = true;
		return 0;
	case AGAIN:
		options->again = true;
		return 0;
	case LINGER:
		options->linger = true;
		return 0;
	case SET:
		options->sets[options->set_count++] = (char *)value;
		return 0;
	case STOP:
		options->stop = true;
		return 0;
	case PROBABILITY:
		return knob__set(&options->probability, name, value,
				 number__probability(value, &options->probability.value),
				 "a fraction from 2.4e-10 up to 1, or a percentage: 0.1, 10%");
	case TIMES:
		return knob__set(&options->times, name, value, number__decimal(value, LLONG_MAX, &options->times.value),
				 "a whole number; 0 is no limit");
	case DURATION:
		return duration__set(&options->duration, name, value);
	case BACKEND:
		if (strcmp(value, "fmod_ret") && strcmp(value, "override"))
			return report__error(STAGE_USAGE, "there is no backend `%s`; it is fmod_ret or override", value);
		return text__set(&options->backend, name, value);
	case CAPTURE:
		options->capture = true;
		return 0;
	case KEYRING:
		if (!keyring__find(value, &keyring))
			return report__error(STAGE_USAGE, "there is no keyring `%s`; it is user, session, builtin, secondary, "
					     "platform, or a serial number (keyctl show)", value);
		return text__set(&options->keyring, name, value);
	case HELP:
		usage__print();
		options->answered = true;
		return 0;
	case RELEASE:
		fputs(parts, stdout);
		options->answered = true;
		return 0;
	}
	return 0;
}

/* Of a command line that loads nothing. */
static int others__check(const struct options *options)
{
	if (!options->trust.count && !options->backend && !options->keyring && !options->wish_count && !options->all && !options->observe &&
	    !options->events && !options->again && !options->linger && !options->probability.given && !options->times.given && !options->duration.given &&
	    !(options->stop && options->set_count))
		return 0;
	return report__error(STAGE_USAGE, "`--%s` is about %s; it goes with no other option",
			     options->capture ? "capture" : options->stop ? "stop" : "set",
			     options->capture ? "this kernel" : "a bundle that is loaded");
}

/* Of a whole command line: what must be there, and what excludes what. */
static int options__check(const struct options *options)
{
	if (options->capture && (options->bundle || options->stop || options->set_count))
		return report__error(STAGE_USAGE, "`--capture` is about this kernel; it goes with no bundle");
	if (options->capture)
		return others__check(options);
	if (!options->bundle)
		return report__error(STAGE_USAGE, "no bundle is given; name its file (see --help)");
	if (options->stop || options->set_count)
		return others__check(options);
	if (!options->trust.count)
		return report__error(STAGE_USAGE, "no certificate is given; name the one that must vouch for the bundle "
				     "with `--trust CERT`");
	if (options->all && options->wish_count)
		return report__error(STAGE_USAGE, "`--all` and `--%s` exclude each other; leave one of them out",
				     target_names[options->wishes[0].kind]);
	return 0;
}

int options__parse(struct options *options, int argc, char **argv)
{
	bool only_names = false;

	options->wishes = calloc(argc + 1, sizeof(*options->wishes));
	options->sets = calloc(argc + 1, sizeof(*options->sets));
	options->trust.paths = calloc(argc + 1, sizeof(*options->trust.paths));
	if (!options->wishes || !options->sets || !options->trust.paths)
		return report__error(STAGE_OPEN, "out of memory");

	for (int i = 1; i < argc && !options->answered; i++) {
		const char *word = argv[i];
		const struct option *option;
		const char *value;
		int err;

		if (!only_names && !strcmp(word, "--")) {
			only_names = true;
			continue;
		}
		if (only_names || *word != '-') {
			if (options->bundle)
				return report__error(STAGE_USAGE, "`%s` would be a second bundle; load each with a loader of "
						     "its own", word);
			options->bundle = word;
			continue;
		}
		option = option__find(word, &value);
		if (!option)
			return report__error(STAGE_USAGE, "there is no option `%s`; see --help", word);
		if (!option->value && value)
			return report__error(STAGE_USAGE, "`--%s` takes no value; leave out `=%s`", option->name, value);
		if (option->value && !value && i + 1 < argc)
			value = argv[++i];
		if (option->value && (!value || !*value))
			return report__error(STAGE_USAGE, "`--%s` needs a value: `--%s %s`", option->name, option->name,
					     option->value);
		err = option__apply(options, option, value);
		if (err)
			return err;
	}
	return options->answered ? 0 : options__check(options);
}

void options__close(struct options *options)
{
	free(options->wishes);
	free(options->sets);
	free(options->trust.paths);
	*options = (struct options){};
}

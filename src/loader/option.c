#include "option.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "keyring.h"
#include "number.h"
#include "report.h"

static void *option__member(struct options *options, const struct option *option)
{
	return (char *)options + option->what;
}

static int given__twice(const struct option *option)
{
	return report__error(STAGE_USAGE, "`--%s` is given twice; give it once", option->name);
}

static int flag__set(struct options *options, const struct option *option, const char *value)
{
	(void)value;
	*(bool *)option__member(options, option) = true;
	return 0;
}

static int trust__add(struct options *options, const struct option *option, const char *value)
{
	(void)option;
	options->trust.paths[options->trust.count++] = value;
	return 0;
}

static int set__add(struct options *options, const struct option *option, const char *value)
{
	(void)option;
	options->sets[options->set_count++] = (char *)value;
	return 0;
}

static int wish__add(struct options *options, const struct option *option, const char *value)
{
	const char *complaint = *value == '@' ? NULL : target__complaint(option->what, value);

	if (complaint)
		return report__error(STAGE_USAGE, "`--%s %s` is not valid: the value %s", option->name, value, complaint);
	options->wishes[options->wish_count++] = (struct wish){ .kind = option->what, .value = value };
	return 0;
}

static int knob__set(struct options *options, const struct option *option, bool good, __u64 number, const char *value,
		     const char *example)
{
	struct knob *knob = option__member(options, option);

	if (knob->given)
		return given__twice(option);
	*knob = (struct knob){ true, number };
	if (good)
		return 0;
	return report__error(STAGE_USAGE, "`--%s %s` is not valid; it takes %s", option->name, value, example);
}

static int probability__set(struct options *options, const struct option *option, const char *value)
{
	__u64 number = 0;
	bool good = number__probability(value, &number) && number;

	return knob__set(options, option, good, number, value, "a fraction from 2.4e-10 up to 1, or a percentage: 0.1, 10%");
}

static int times__set(struct options *options, const struct option *option, const char *value)
{
	__u64 number = 0;
	bool good = number__decimal(value, LLONG_MAX, &number);

	return knob__set(options, option, good, number, value, "a whole number; 0 is no limit");
}

static int duration__set(struct options *options, const struct option *option, const char *value)
{
	__s64 number = 0;
	bool good = number__duration(value, &number) && number > 0;

	return knob__set(options, option, good, number, value, "a time over zero with its unit: 300ms, 1.5h, 2h45m");
}

static int text__set(struct options *options, const struct option *option, const char *value)
{
	const char **text = option__member(options, option);

	if (*text)
		return given__twice(option);
	*text = value;
	return 0;
}

static int backend__set(struct options *options, const struct option *option, const char *value)
{
	if (strcmp(value, "fmod_ret") && strcmp(value, "override"))
		return report__error(STAGE_USAGE, "there is no backend `%s`; it is fmod_ret or override", value);
	return text__set(options, option, value);
}

static int keyring__set(struct options *options, const struct option *option, const char *value)
{
	__s32 keyring;

	if (!keyring__find(value, &keyring))
		return report__error(STAGE_USAGE, "there is no keyring `%s`; it is user, session, builtin, secondary, "
				     "platform, or a serial number (keyctl show)", value);
	return text__set(options, option, value);
}

#define MEMBER(name) offsetof(struct options, name)
static const struct option options_known[] = {
	{ "trust", LOADING, "CERT", trust__add, 0, "a PEM file of certificates, one of which must vouch for the bundle" },
	{ "pid", LOADING, "N", wish__add, TARGET_PID, "a process to inject into, with all its threads" },
	{ "tid", LOADING, "N", wish__add, TARGET_TID, "a single thread" },
	{ "cgroup", LOADING, "PATH", wish__add, TARGET_CGROUP, "a cgroup's folder: its tasks and those of all below it" },
	{ "comm", LOADING, "NAME", wish__add, TARGET_COMM, "tasks of this name" },
	{ "uid", LOADING, "N", wish__add, TARGET_UID, "tasks of this real user" },
	{ "all", LOADING, NULL, flag__set, MEMBER(all), "every task of the node, whatever target the bundle names" },
	{ "observe", LOADING, NULL, flag__set, MEMBER(observe), "count what would be injected, inject nothing" },
	{ "events", LOADING, NULL, flag__set, MEMBER(events), "tell of each injection: time, task, stack, and the arguments that predicates read" },
	{ "probability", LOADING, "P", probability__set, MEMBER(probability), "a fraction up to 1, or a percentage: 0.1, 10%" },
	{ "times", LOADING, "N", times__set, MEMBER(times), "inject at most N times; 0 is no limit" },
	{ "duration", LOADING, "D", duration__set, MEMBER(duration), "detach after this time: 300ms, 1.5h, 2h45m" },
	{ "again", LOADING, NULL, flag__set, MEMBER(again), "even where another loader has this bundle attached: limits count twice" },
	{ "backend", LOADING, "B", backend__set, MEMBER(backend), "fmod_ret or override; else the first that this kernel can do" },
	{ "keyring", LOADING, "RING", keyring__set, MEMBER(keyring), "let the kernel (6.18+), too, check the signature, by the keyring user, session, builtin, ..." },
	{ "linger", LOADING, NULL, flag__set, MEMBER(linger), "once it is over, wait for a signal: for supervisors that start again what ends" },
	{ "set", OTHER, "NAME=V", set__add, 0, "change a bundle that is loaded: probability, times, interval, space, observe" },
	{ "stop", OTHER, NULL, flag__set, MEMBER(stop), "end the loaders of a bundle" },
	{ "capture", OTHER, NULL, flag__set, MEMBER(capture), "write a tar of what injectc wants to know of this kernel to stdout" },
	{ "help", OTHER, NULL, flag__set, MEMBER(help), "print this" },
	{ "version", OTHER, NULL, flag__set, MEMBER(version), "print the versions of this program and its libraries" },
};
#define OPTION_COUNT (sizeof(options_known) / sizeof(*options_known))

const struct option *option__find(const char *word, const char **value)
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

void usage__print(void)
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

#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "option.h"
#include "parts.h"
#include "report.h"

/* Of a whole command line: what must be there, and what excludes what. */
static int options__check(const struct options *options)
{
	const char *other = options->capture ? "capture" : options->stop ? "stop" : options->set_count ? "set" : NULL;

	if (options->capture && (options->bundle || options->stop || options->set_count))
		return report__error(STAGE_USAGE, "`--capture` is about this kernel; it goes with no bundle");
	if (!options->capture && !options->bundle)
		return report__error(STAGE_USAGE, "no bundle is given; name its file (see --help)");
	if (other && (options->loading || (options->stop && options->set_count)))
		return report__error(STAGE_USAGE, "`--%s` is about %s; it goes with no other option", other,
				     options->capture ? "this kernel" : "a bundle that is loaded");
	if (other)
		return 0;
	if (!options->trust.count)
		return report__error(STAGE_USAGE, "no certificate is given; name the one that must vouch for the bundle "
				     "with `--trust CERT`");
	if (options->all && options->wish_count)
		return report__error(STAGE_USAGE, "`--all` and `--%s` exclude each other; leave one of them out",
				     target_names[options->wishes[0].kind]);
	return 0;
}

/* Prints what was asked for instead of anything else, if it was. */
static bool options__answer(struct options *options)
{
	if (options->help)
		usage__print();
	if (options->version)
		fputs(parts, stdout);
	options->answered = options->help || options->version;
	return options->answered;
}

int options__parse(struct options *options, int argc, char **argv)
{
	bool only_names = false;

	options->wishes = calloc(argc + 1, sizeof(*options->wishes));
	options->sets = calloc(argc + 1, sizeof(*options->sets));
	options->trust.paths = calloc(argc + 1, sizeof(*options->trust.paths));
	if (!options->wishes || !options->sets || !options->trust.paths)
		return report__error(STAGE_OPEN, "out of memory");

	for (int i = 1; i < argc; i++) {
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
		options->loading = options->loading || option->use == LOADING;
		err = option->apply(options, option, value);
		if (err)
			return err;
		if (options__answer(options))
			return 0;
	}
	return options__check(options);
}

void options__close(struct options *options)
{
	free(options->wishes);
	free(options->sets);
	free(options->trust.paths);
	*options = (struct options){};
}

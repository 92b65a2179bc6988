#include "explain.h"

#include <stdio.h>
#include <string.h>

#define ULL unsigned long long
/* The plural's letter. */
#define S(count) ((count) == 1 ? "" : "s")

/* The first frame that no call has passed; `count` where all were. */
static size_t frame__first_closed(const struct tally *tally)
{
	size_t frame = 0;

	while (frame < tally->frames->count && tally->counters.frames[frame].passed)
		frame++;
	return frame;
}

static void explain__frame(char *text, size_t size, const struct tally *tally, size_t frame)
{
	const char *function = tally->frames->function[frame];
	ULL entered = tally->counters.frames[frame].entered;

	if (!entered)
		snprintf(text, size, "no target has called %s() yet", function);
	else if (tally->counters.missed)
		snprintf(text, size, "of %llu call%s of %s() by targets, none was taken into the chain", entered, S(entered), function);
	else if (!frame)
		snprintf(text, size, "of %llu call%s of %s() by targets, none had arguments for which its predicate is true", entered,
			 S(entered), function);
	else
		snprintf(text, size, "of %llu call%s of %s() by targets, none was inside %s() and had arguments for which its "
			 "predicate is true", entered, S(entered), function, tally->frames->function[frame - 1]);
}

static void explain__trigger(char *text, size_t size, const struct tally *tally)
{
	const __u64 *settings = tally->settings.values;
	ULL eligible = tally->counters.eligible;

	if (!settings[SETTING_PROBABILITY])
		snprintf(text, size, "it is paused: the probability was set to 0");
	else if (settings[SETTING_SPACE])
		snprintf(text, size, "of %llu eligible call%s, all were let through, perhaps within the first %llu bytes (space)",
			 eligible, S(eligible), (ULL)settings[SETTING_SPACE]);
	else
		snprintf(text, size, "of %llu eligible call%s, the trigger has let none fail: one in %llu is looked at, and then fails "
			 "with a probability of %g %%", eligible, S(eligible), (ULL)settings[SETTING_INTERVAL],
			 settings[SETTING_PROBABILITY] / 0x1p32 * 100);
}

static void explain__fired(char *text, size_t size, const struct tally *tally)
{
	const __u64 *settings = tally->settings.values;
	const struct counters *counters = &tally->counters;
	ULL done = counters->injected + counters->observed;

	if (settings[SETTING_TIMES] && done >= settings[SETTING_TIMES])
		snprintf(text, size, "it has fired as often as it may: times is %llu", (ULL)settings[SETTING_TIMES]);
	else if (!settings[SETTING_PROBABILITY])
		snprintf(text, size, "it is paused: the probability was set to 0");
	else if (settings[SETTING_OBSERVE])
		snprintf(text, size, "it only observes: %llu call%s would have failed", (ULL)counters->observed,
			 S(counters->observed));
	else
		snprintf(text, size, "it fires: %llu call%s failed", (ULL)counters->injected,
			 counters->injected == 1 ? " has" : "s have");
}

/* Adds to a sentence that nothing fires what else may be the cause. */
static void explain__missed(char *text, size_t size, __u64 missed)
{
	size_t length = strlen(text);

	snprintf(text + length, size - length, "; %llu call%s missed: with kprobes, only so many of a function can wait for their "
		 "return at a time, before Linux 5.15 no more than 16384 tasks can be inside the chain, and the kernel skips a "
		 "probe that interrupts another", (ULL)missed, missed == 1 ? " was" : "s were");
}

void explain__tally(char *text, size_t size, const struct tally *tally)
{
	const struct counters *counters = &tally->counters;
	size_t frame = frame__first_closed(tally);

	if (frame < tally->frames->count)
		explain__frame(text, size, tally, frame);
	else if (!counters->seen && frame)
		snprintf(text, size, "%s() was not called inside the chain, though it was complete %llu time%s", tally->function,
			 (ULL)counters->frames[frame - 1].passed, S(counters->frames[frame - 1].passed));
	else if (!counters->seen)
		snprintf(text, size, "no target has called %s() yet", tally->function);
	else if (!counters->eligible)
		snprintf(text, size, "of %llu call%s of %s(), none was eligible: its predicate was not true, or the caller may not fail",
			 (ULL)counters->seen, S(counters->seen), tally->function);
	else if (!counters->injected && !counters->observed)
		explain__trigger(text, size, tally);
	else
		explain__fired(text, size, tally);
	if (counters->missed && !counters->injected && !counters->observed)
		explain__missed(text, size, counters->missed);
}

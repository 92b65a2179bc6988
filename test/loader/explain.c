/* Prints what explain.c says of counters: seen eligible injected observed probability times interval space observe missed, then entered passed of each frame. */
#include <stdio.h>
#include <stdlib.h>

#include "explain.h"

int main(int argc, char **argv)
{
	struct frames frames = { .function = { "outer", "inner" }, .count = (argc - 11) / 2 };
	struct tally tally = { .function = "fault", .frames = &frames };
	__u64 numbers[14] = {};
	char text[512];

	for (int i = 0; i < 14 && i + 1 < argc; i++)
		numbers[i] = strtoull(argv[i + 1], NULL, 0);
	tally.counters = (struct counters){ .seen = numbers[0],
					    .eligible = numbers[1],
					    .injected = numbers[2],
					    .observed = numbers[3],
					    .missed = numbers[9] };
	for (int i = 0; i < SETTINGS; i++)
		tally.settings.values[i] = numbers[4 + i];
	for (size_t i = 0; i < frames.count; i++) {
		tally.counters.frames[i].entered = numbers[10 + 2 * i];
		tally.counters.frames[i].passed = numbers[11 + 2 * i];
	}
	explain__tally(text, sizeof(text), &tally);
	puts(text);
	return 0;
}

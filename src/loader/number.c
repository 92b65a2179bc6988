#include "number.h"

#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool number__decimal(const char *text, __u64 max, __u64 *value)
{
	__u64 sum = 0;

	if (!*text)
		return false;
	for (; is_digit(*text); text++) {
		__u64 digit = *text - '0';

		if (sum > (max - digit) / 10 || digit > max)
			return false;
		sum = sum * 10 + digit;
	}
	*value = sum;
	return !*text;
}

bool number__probability(const char *text, __u64 *value)
{
	double always = 4294967296.0;
	double fraction;
	char *end;

	/* Neither signs, nor the hexadecimal, `inf` and `nan` that strtod() knows. */
	if (!is_digit(*text) && *text != '.')
		return false;
	if (text[strspn(text, "0123456789.eE-%")])
		return false;
	fraction = strtod(text, &end);
	if (*end == '%') {
		fraction /= 100;
		end++;
	}
	if (*end || !(fraction >= 0) || fraction > 1)
		return false;
	*value = (__u64)(fraction * always + 0.5);
	return *value > 0 || fraction == 0;
}

static const struct unit {
	const char *name;
	__s64 nanoseconds;
} units[] = {
	{ "ns", 1 },
	{ "us", 1000 },
	{ "\xc2\xb5s", 1000 }, /* U+00B5, the micro sign */
	{ "\xce\xbcs", 1000 }, /* U+03BC, the Greek letter */
	{ "ms", 1000000 },
	{ "s", 1000000000 },
	{ "m", 60000000000 },
	{ "h", 3600000000000 },
};

/* The unit at `text`: the longest that fits, since `m` starts `ms`. */
static const struct unit *unit__find(const char *text)
{
	const struct unit *found = NULL;

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		size_t length = strlen(units[i].name);

		if (!strncmp(text, units[i].name, length) && (!found || length > strlen(found->name)))
			found = &units[i];
	}
	return found;
}

bool number__duration(const char *text, __s64 *value)
{
	__s64 sum = 0;

	if (*text == '+')
		text++;
	if (!strcmp(text, "0")) {
		*value = 0;
		return true;
	}
	if (!*text)
		return false;
	while (*text) {
		const struct unit *unit;
		__s64 whole = 0, part;
		double fraction = 0, place = 1;
		const char *start = text;

		for (; is_digit(*text); text++)
			if (__builtin_mul_overflow(whole, 10, &whole) ||
			    __builtin_add_overflow(whole, *text - '0', &whole))
				return false;
		if (*text == '.' && (is_digit(text[1]) || text > start))
			for (text++; is_digit(*text); text++)
				fraction += (*text - '0') * (place /= 10);
		unit = unit__find(text);
		if (text == start || !unit)
			return false;
		text += strlen(unit->name);
		if (__builtin_mul_overflow(whole, unit->nanoseconds, &part) ||
		    __builtin_add_overflow(part, (__s64)(fraction * unit->nanoseconds + 0.5), &part) ||
		    __builtin_add_overflow(sum, part, &sum))
			return false;
	}
	*value = sum;
	return true;
}

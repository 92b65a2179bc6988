#include <stdlib.h>
#include <string.h>

#include "record.h"

/* `0 x parent`, as templates/event.hbs says; false where it is something else. */
static bool value__read(struct value *value, char *line, size_t frames)
{
	char *end = line + 1;

	value->frame = -1;
	if (*line != '-')
		value->frame = strtoul(line, &end, 10);
	if (end == line || value->frame < -1 || value->frame >= (int)frames)
		return false;
	if (end[0] != ' ' || !end[1] || !strchr("udxs", end[1]) || end[2] != ' ')
		return false;
	value->kind = end[1];
	value->text = end + 3;
	return true;
}

bool layout__read(struct layout *layout, const char *list, size_t size, size_t frames)
{
	size_t offset = 0, lines = 0;

	*layout = (struct layout){ .list = strndup(list, size) };
	if (!layout->list)
		return false;
	for (const char *c = layout->list; *c; c++)
		lines += *c == '\n';
	layout->values = calloc(lines + 1, sizeof(*layout->values));
	if (!layout->values)
		return false;
	for (char *line = layout->list, *end; (end = strchr(line, '\n')); line = end + 1) {
		struct value *value = &layout->values[layout->count++];

		*end = 0;
		if (!value__read(value, line, frames))
			return false;
		if (!offset && value->frame >= 0)
			offset = sizeof(__u64);
		value->offset = offset;
		offset += value->kind == 's' ? sizeof(struct text) : sizeof(__u64);
	}
	layout->size = sizeof(struct record) + offset;
	return true;
}

void layout__close(struct layout *layout)
{
	free(layout->values);
	free(layout->list);
	*layout = (struct layout){};
}

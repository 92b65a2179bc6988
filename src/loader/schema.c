#include "schema.h"

#include <stdarg.h>
#include <string.h>

#include "bundle.h"
#include "report.h"

/* Longest name of a kernel symbol, with its NUL: KSYM_NAME_LEN of include/linux/kallsyms.h. */
#define MAX_SYMBOL 512

int schema__refuse(const char *place, const char *problem)
{
	return report__error(STAGE_VERIFY, "`%s` in %s %s", place, MANIFEST_FILE, problem);
}

int schema__unpack(json_t *object, const char *place, const char *format, ...)
{
	json_error_t error;
	va_list arguments;
	int err;

	va_start(arguments, format);
	err = json_vunpack_ex(object, &error, JSON_STRICT, format, arguments);
	va_end(arguments);
	if (!err)
		return 0;
	return report__error(STAGE_VERIFY, "`%s` in %s does not fit the schema %s: %s", place, MANIFEST_FILE, SCHEMA,
			     error.text);
}

bool schema__is_list(const json_t *list, size_t max, json_type type)
{
	size_t i;
	json_t *item;

	if (!json_is_array(list) || json_array_size(list) > max)
		return false;
	json_array_foreach(list, i, item)
		if (json_typeof(item) != type)
			return false;
	return true;
}

bool schema__is_symbol(const char *name)
{
	return *name && strlen(name) < MAX_SYMBOL;
}

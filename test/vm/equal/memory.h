/* The values that expressions run over, as files hold them, and what came of each expression and filling. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEMORY_SIZE 0x10000
#define MOST_ARGUMENTS 6

struct filling {
	uint64_t values[MOST_ARGUMENTS];
	uint32_t value_pointers; /* a bit each: the value is an offset into the memory */
	uint32_t pointer_count;
	uint32_t *pointers; /* where offsets stand in the memory */
	uint8_t *memory;
};

struct outcome {
	int64_t value;
	uint64_t defined; /* 0: C leaves it undefined */
};

static inline void *file__read(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	char *bytes = NULL;
	size_t got, room = 1 << 20;

	for (*size = 0; file; *size += got) {
		bytes = realloc(bytes, room *= 2);
		got = bytes ? fread(bytes + *size, 1, room - *size, file) : 0;
		if (!got)
			break;
	}
	if (!file || !bytes || ferror(file)) {
		perror(path);
		exit(2);
	}
	fclose(file);
	return bytes;
}

/* Keeps pointing into the file's bytes, which are never freed. */
static inline struct filling *fillings__read(const char *path, uint32_t *count)
{
	size_t size;
	uint8_t *at = file__read(path, &size);
	struct filling *fillings;

	memcpy(count, at, 4);
	at += 4;
	fillings = calloc(*count, sizeof(*fillings));
	for (uint32_t i = 0; i < *count; i++) {
		memcpy(&fillings[i], at, offsetof(struct filling, pointers));
		at += offsetof(struct filling, pointers);
		fillings[i].pointers = (uint32_t *)at;
		at += fillings[i].pointer_count * 4;
		fillings[i].memory = at;
		at += MEMORY_SIZE;
	}
	return fillings;
}

/* Fills the memory, whose address will be `base` for the expressions, and gives their arguments. */
static inline void filling__place(const struct filling *filling, uint8_t *memory, uint64_t base, uint64_t *arguments)
{
	memcpy(memory, filling->memory, MEMORY_SIZE);
	for (uint32_t i = 0; i < filling->pointer_count; i++) {
		uint64_t value;

		memcpy(&value, memory + filling->pointers[i], 8);
		value += base;
		memcpy(memory + filling->pointers[i], &value, 8);
	}
	for (int i = 0; i < MOST_ARGUMENTS; i++)
		arguments[i] = filling->values[i] + (filling->value_pointers & (1U << i) ? base : 0);
}

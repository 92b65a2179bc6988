/* Runs every expression over every filling, as this machine's own C has it. Undefined behaviour traps. */

#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>

#include "memory.h"

typedef long long expression_t(const uint64_t *arguments);

extern expression_t *const expressions[];
extern const unsigned expression_count;

static sigjmp_buf trapped;

static void on_trap(int signal)
{
	siglongjmp(trapped, signal);
}

int main(int argc, char **argv)
{
	uint8_t *memory = mmap(NULL, MEMORY_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct sigaction action = { .sa_handler = on_trap };
	uint64_t arguments[MOST_ARGUMENTS];
	struct filling *fillings;
	FILE *out;
	uint32_t count;

	if (argc != 3 || memory == MAP_FAILED)
		return 2;
	sigaction(SIGFPE, &action, NULL);
	sigaction(SIGILL, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
	fillings = fillings__read(argv[1], &count);
	out = fopen(argv[2], "wb");
	for (volatile unsigned i = 0; i < expression_count; i++) {
		for (volatile uint32_t f = 0; f < count; f++) {
			struct outcome outcome = {};

			filling__place(&fillings[f], memory, (uint64_t)memory, arguments);
			if (!sigsetjmp(trapped, 1)) {
				outcome.value = expressions[i](arguments);
				outcome.defined = 1;
			}
			if (fwrite(&outcome, sizeof(outcome), 1, out) != 1)
				return 2;
		}
	}
	return fclose(out) ? 2 : 0;
}

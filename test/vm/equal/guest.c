/*
 * guest BTF: loads the objects that standard input names, runs their conditions over the values, and tells where an
 * outcome is not what the native program had. A line of input is: object, number of conditions, values, outcomes, the
 * first one's number among those, and whether the memory is the kernel's (0) or this program's own (1).
 */

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "memory.h"

/* As in what is put behind the generated C. */
struct area {
	uint64_t arguments[MOST_ARGUMENTS];
	uint64_t registers[21];
	uint64_t saved[21];
	int64_t results[];
};

static char log_text[1 << 22];
static unsigned runs, undefined;

/* Libbpf's own complaints go where the verifier's do. */
static int note(enum libbpf_print_level level, const char *format, va_list arguments)
{
	size_t length = strlen(log_text);

	if (level == LIBBPF_WARN)
		vsnprintf(log_text + length, sizeof(log_text) - length, format, arguments);
	return 0;
}

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static void *map_memory(struct bpf_object *object, const char *name, size_t size)
{
	int fd = bpf_object__find_map_fd_by_name(object, name);
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		die(name);
	return at;
}

static void run(struct bpf_object *object)
{
	LIBBPF_OPTS(bpf_test_run_opts, options);

	if (bpf_prog_test_run_opts(bpf_program__fd(bpf_object__find_program_by_name(object, "run")), &options))
		die("test run");
}

/* The last lines of the verifier's log but for its statistics: what is wrong, and before it where. */
static void tell_refusal(const char *path)
{
	char *from = log_text + strlen(log_text);

	for (int lines = 0; from > log_text && lines < 16; from--)
		lines += *from == '\n';
	printf("refused %s\n%s\n", path, from);
}

static struct bpf_object *load(const char *path, const char *btf)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .btf_custom_path = btf);
	struct bpf_object *object = bpf_object__open_file(path, &options);
	struct bpf_program *program;
	struct bpf_map *map;

	if (!object)
		die(path);
	/* Of the maps only those with data are used here, and not every kernel has the others' types. */
	bpf_object__for_each_map(map, object)
		bpf_map__set_autocreate(map, strchr(bpf_map__name(map), '.') != NULL);
	bpf_object__for_each_program(program, object) {
		bpf_program__set_autoload(program, !strcmp(bpf_program__name(program), "run"));
		bpf_program__set_log_level(program, 0);
	}
	log_text[0] = 0;
	if (!bpf_object__load(object))
		return object;
	tell_refusal(path);
	bpf_object__close(object);
	return NULL;
}

struct job {
	char path[256], values[256], outcomes[256], btf[256];
	unsigned count, first, own;
};

/* Tells of the first filling in which an expression differs; `told` remembers which were. */
static void compare(const struct job *job, const int64_t *results, const struct outcome *outcomes, uint32_t f,
		    uint32_t fillings, char *told)
{
	for (unsigned i = 0; i < job->count; i++) {
		const struct outcome *native = &outcomes[(job->first + i) * fillings + f];

		runs++;
		undefined += !native->defined;
		if (!native->defined || native->value == results[i] || told[i])
			continue;
		told[i] = 1;
		printf("different %s %u %u %lld %lld\n", job->outcomes, job->first + i, f, (long long)native->value,
		       (long long)results[i]);
	}
}

static void work(const struct job *job, uint8_t *kernel_memory, uint64_t kernel_address)
{
	static uint8_t own_memory[MEMORY_SIZE] __attribute__((aligned(4096)));
	struct bpf_object *object = load(job->path, strcmp(job->btf, "-") ? job->btf : NULL);
	struct outcome *outcomes;
	struct filling *fillings;
	char *told = calloc(job->count, 1);
	struct area *area;
	uint32_t count;
	size_t size;

	if (!object || !told)
		return;
	fillings = fillings__read(job->values, &count);
	outcomes = file__read(job->outcomes, &size);
	area = map_memory(object, ".data.area", sizeof(*area) + job->count * 8);
	for (uint32_t f = 0; f < count; f++) {
		if (job->own)
			filling__place(&fillings[f], own_memory, (uint64_t)own_memory, area->arguments);
		else
			filling__place(&fillings[f], kernel_memory, kernel_address, area->arguments);
		run(object);
		compare(job, area->results, outcomes, f, count, told);
	}
	munmap(area, sizeof(*area) + job->count * 8);
	free(fillings);
	free(outcomes);
	free(told);
	bpf_object__close(object);
}

int main(void)
{
	struct bpf_object *memory;
	uint8_t *kernel_memory;
	uint64_t *address;
	struct job job;

	setvbuf(stdout, NULL, _IOLBF, 0);
	libbpf_set_print(note);
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	memory = load("/equal/memory.o", NULL);
	if (!memory)
		return 2;
	kernel_memory = map_memory(memory, ".data.memory", MEMORY_SIZE);
	address = map_memory(memory, ".data.address", 8);
	run(memory);
	while (scanf("%255s %u %255s %255s %u %u %255s", job.path, &job.count, job.values, job.outcomes, &job.first, &job.own,
		     job.btf) == 7)
		work(&job, kernel_memory, *address);
	printf("compared %u undefined %u\n", runs, undefined);
	return 0;
}

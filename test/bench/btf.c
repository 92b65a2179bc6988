// Parses BTF and looks a function up with libbpf, so many times; prints how many milliseconds the last took.
#include <bpf/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
	double took = 0;

	if (argc != 4)
		return 2;
	for (int rounds = atoi(argv[3]); rounds > 0; rounds--) {
		double start = now();
		struct btf *btf = btf__parse(argv[1], NULL);
		int found = btf ? btf__find_by_name_kind(btf, argv[2], BTF_KIND_FUNC) : -1;

		took = now() - start;
		if (found < 0)
			return 1;
		btf__free(btf);
	}
	printf("%f\n", took);
	return 0;
}

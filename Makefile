# Quiet two-column output; V=1 shows the commands.
ifneq ($(V),1)
Q := @
say = @printf '  %-8s %s\n' '$(1)' '$(2)'
endif

SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := build

DEBIAN_PACKAGES := make gcc libc6-dev clang-19 llvm-19 bpftool libbpf-dev libelf-dev zlib1g-dev libssl-dev \
	libjansson-dev openssl qemu-system-x86 busybox-static xz-utils zstd strace btrfs-progs
# What only tests ask for: a PKCS #11 token in software, a registry, what pushes to one, what runs containers, what tells
# bundles apart, another day, and a browser.
TEST_PACKAGES := softhsm2 libengine-pkcs11-openssl docker-registry skopeo runc diffoscope-minimal faketime \
	chromium-headless-shell
export DEBIAN_FRONTEND := noninteractive

# --- what the machine must have

out/.apt: PACKAGES = $(DEBIAN_PACKAGES)
out/.apt-test: PACKAGES = $(TEST_PACKAGES)
test: out/.apt-test
out/.apt out/.apt-test: Makefile
	$(call say,APT,$(PACKAGES))
	$(Q)dpkg -s $(PACKAGES) >/dev/null 2>&1 || { apt-get update -q && apt-get install -qy --no-install-recommends $(PACKAGES); } >out/apt.log 2>&1 \
		|| { tail -n 20 out/apt.log; exit 1; }
	$(Q)touch $@

node_modules/.package-lock.json: package.json package-lock.json
	$(call say,NPM,ci)
	$(Q)npm ci --no-audit --no-fund --loglevel=error
	$(Q)touch $@

.PHONY: deps
deps: out/.apt node_modules/.package-lock.json

# --- the compiler

GRAMMARS := $(filter-out grammar/type.peggy,$(wildcard grammar/*.peggy))
PARSERS := $(GRAMMARS:grammar/%.peggy=out/grammar/%.js)

out/grammar/%.js: grammar/%.peggy | node_modules/.package-lock.json
	$(call say,PEGGY,$<)
	$(Q)mkdir -p out/grammar
	$(Q)npx peggy --format es --dts -o $@ $(filter %.peggy,$^)

# The grammars of C share their rules for types and tokens.
out/grammar/predicate.js out/grammar/parameters.js: grammar/type.peggy

out/js/cli.cjs: $(PARSERS) $(shell find src -name '*.ts') $(wildcard templates/*) tsconfig.json .rolldown.ts .cache.cjs package.json \
		| node_modules/.package-lock.json
	$(call say,BUNDLE,$@)
	$(Q)npx tsc
	$(Q)npx rolldown -c .rolldown.ts >/dev/null && chmod +x $@
	$(Q)node .cache.cjs render examples/{bio,mount,open-denied}.yaml -k src/kernel/profiles/lab-6.12 >/dev/null

# --- the loader

out/inject-load: $(wildcard src/loader/*) | out/.apt
	$(call say,LOADER,$@)
	$(Q)$(MAKE) --no-print-directory -C src/loader OUT=$(abspath $@)

.PHONY: build
build: deps out/js/cli.cjs out/inject-load

include src/kernel/kernels.mk
include src/vm/arm64.mk
include test/vm/export/loaders.mk

# --- shown and tested

.PHONY: demo
demo: build out/kernels/debian/vmlinuz
	$(Q)src/demo/demo.sh

# Every lab kernel that the mirror has for this machine's architecture, else the one that is built here.
TEST_KERNELS ?= $(or $(filter-out %-arm64,$(notdir $(wildcard $(KERNEL_MIRROR)/lab-*))),lab-6.12)
TEST_ARM64 := $(notdir $(wildcard $(KERNEL_MIRROR)/lab-*-arm64))

# Every benchmark as a ratio to something else measured in the same run; BENCH="start btf" chooses.
.PHONY: bench
bench: build
	$(call say,BUNDLE,out/bench)
	$(Q)npx rolldown -c test/bench/rolldown.ts >/dev/null
	$(Q)node out/bench/bench.js $(BENCH)

# New cases of damaged input for every reader, each for FUZZ_SECONDS; FUZZ_TARGET, FUZZ_SEED and FUZZ_CASES choose.
.PHONY: fuzz
fuzz: $(PARSERS) | out/.apt node_modules/.package-lock.json
	$(Q)export FUZZ_SEED=$${FUZZ_SEED:-$$((RANDOM * 100000 + 1))} FUZZ_SECONDS=$${FUZZ_SECONDS:-60}; \
		echo "  FUZZ     seed $$FUZZ_SEED" && npx vitest run --config test/vitest.config.ts test/fuzz

.PHONY: lint
lint: $(PARSERS) | node_modules/.package-lock.json
	$(call say,LINT,src test)
	$(Q)npx biome check --error-on-warnings .
	$(Q)npx tsc -p test

.PHONY: test
test: build lint arm64 out/loaders/.unpacked out/kernels/debian/vmlinuz $(TEST_KERNELS:%=out/kernels/%/vmlinuz) $(TEST_ARM64:%=out/kernels/%/vmlinuz)
	$(Q)test/run.sh

# Expressions in native C against BPF on a lab kernel: COUNT of them in each group, made up from SEED on.
.PHONY: equal
equal: COUNT ?= 2000
equal: SEED ?= $(shell date +%s)
equal: build out/kernels/lab-6.12/vmlinuz
	$(call say,EQUAL,SEED=$(SEED) COUNT=$(COUNT))
	$(Q)EQUAL_SEED=$(SEED) EQUAL_COUNT=$(COUNT) npx vitest run --config test/vm/vitest.config.ts test/vm/equal

# Random well-typed specs, compiled and loaded: COUNT of them, of the seeds from SEED on, spread over the lab kernels.
.PHONY: soak
soak: export COUNT ?= 10000
soak: export SEED ?= $(shell date +%s)
soak: export SOAK_KERNELS ?= $(TEST_KERNELS)
soak: build $(TEST_KERNELS:%=out/kernels/%/vmlinuz)
	$(call say,SOAK,SEED=$(SEED) COUNT=$(COUNT))
	$(Q)npx vitest run --config test/soak/vitest.config.ts

.PHONY: clean
clean:
	$(call say,CLEAN,out)
	$(Q)find out -mindepth 1 ! -name .gitkeep -delete

# The kernels that specs are checked against and booted on, as folders of out/kernels, and the built-in profiles.

# Which lab kernels, by name; each comes from the folder KERNEL_MIRROR where that has one, else it is built here.
KERNELS ?= lab-6.12
KERNEL_MIRROR ?= $(wildcard ../shared/kernels)
export KERNEL_MIRROR

# Images come in these formats, too; Debian's own in LZ4. Packages are read by bsdtar; tests make one of RPM's.
DEBIAN_PACKAGES += bzip2 lz4 lzop libarchive-tools rpm
out/.apt: src/kernel/kernels.mk

.PHONY: kernels
kernels: out/kernels/debian/vmlinuz $(KERNELS:%=out/kernels/%/vmlinuz)

out/kernels/debian/vmlinuz: src/kernel/stock.sh | out/.apt
	$(call say,STOCK,linux-image-cloud-amd64)
	$(Q)src/kernel/stock.sh out/kernels >out/stock.log 2>&1 || { tail -n 20 out/stock.log; exit 1; }
	$(Q)touch $@

# Keyrings are filled by keyctl.
TEST_PACKAGES += keyutils
out/.apt-test: src/kernel/kernels.mk

# Stock kernels that check signatures of BPF programs, each by one of the two ways that there are, and one for arm64.
SIGNING_KERNELS := debian-7.2 debian-7.3 debian-7.3-arm64
test: $(SIGNING_KERNELS:%=out/kernels/%/vmlinuz)
out/kernels/debian-7.%/vmlinuz: src/kernel/newer.sh src/kernel/foreign.sh | out/.apt
	$(call say,STOCK,debian-7.$*)
	$(Q)src/kernel/newer.sh out/kernels 7.$* >out/stock-7.$*.log 2>&1 || { tail -n 20 out/stock-7.$*.log; exit 1; }
	$(Q)touch $@

out/kernels/lab-%/vmlinuz: | out/.apt
	$(Q)src/kernel/lab.sh lab-$* out/kernels

# The lab kernels built here, whatever the mirror has.
.PHONY: lab-kernel-from-source
lab-kernel-from-source: out/.apt
	$(Q)set -e; for name in $(KERNELS); do src/kernel/build.sh "$$name" out/kernels; done

PROFILES := lab-5.10 lab-6.1 lab-6.12 lab-6.12-arm64 lab-7.2 lab-7.3

.PHONY: profiles
profiles:
	$(call say,PROFILES,src/kernel/profiles)
	$(Q)src/kernel/profiles.sh src/kernel/profiles $(PROFILES)
	$(Q)$(MAKE) --no-print-directory syscalls

# The arguments of system calls, for kernels of which only the BTF is known.
.PHONY: syscalls
syscalls:
	$(call say,SYSCALLS,src/kernel/syscalls)
	$(Q)src/kernel/syscalls.sh src/kernel/syscalls src/kernel/profiles $(PROFILES)

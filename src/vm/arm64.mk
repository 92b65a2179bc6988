# What guests for arm64 need on a machine that is none: `make arm64` makes the loader, a busybox, and Debian's stock
# kernel from its backports, since before 6.4 arm64 has no BPF trampolines.

DEBIAN_PACKAGES += gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-system-arm
ARM64_LIBRARIES := libbpf-dev libelf-dev zlib1g-dev libssl-dev libjansson-dev
ARM64_ROOT := $(CURDIR)/out/arm64/root
out/.apt: src/vm/arm64.mk

.PHONY: arm64
arm64: out/inject-load-arm64 out/arm64/busybox out/kernels/debian-arm64/vmlinuz

# Bundles take it from where it lies, so that once made it must not fall behind.
build: $(wildcard out/inject-load-arm64)

out/arm64/.root: src/kernel/foreign.sh | out/.apt
	$(call say,ARM64,$(ARM64_LIBRARIES) busybox-static)
	$(Q)rm -rf out/arm64/debs $(ARM64_ROOT) && mkdir -p $(ARM64_ROOT)
	$(Q)src/kernel/foreign.sh out/arm64/debs arm64 $(ARM64_LIBRARIES) busybox-static >out/arm64/log 2>&1 || { tail -n 20 out/arm64/log; exit 1; }
	$(Q)for deb in out/arm64/debs/*.deb; do dpkg-deb -x $$deb $(ARM64_ROOT); done
	$(Q)touch $@

out/arm64/busybox: out/arm64/.root
	$(Q)cp $(ARM64_ROOT)/bin/busybox $@

out/inject-load-arm64: $(wildcard src/loader/*) out/arm64/.root
	$(call say,LOADER,$@)
	$(Q)$(MAKE) --no-print-directory -C src/loader OUT=$(abspath $@) CC="aarch64-linux-gnu-gcc \
		-isystem $(ARM64_ROOT)/usr/include -isystem $(ARM64_ROOT)/usr/include/aarch64-linux-gnu -L$(ARM64_ROOT)/usr/lib/aarch64-linux-gnu"

out/kernels/debian-arm64/vmlinuz: src/kernel/stock.sh src/kernel/foreign.sh | out/.apt
	$(call say,STOCK,linux-image-cloud-arm64)
	$(Q)src/kernel/stock.sh out/kernels arm64 >out/stock-arm64.log 2>&1 || { tail -n 20 out/stock-arm64.log; exit 1; }
	$(Q)touch $@

# What Debian 12 has not and the tests of `injectc export` need: a bpftool that attaches, and cilium/ebpf with its Go.

GO_PACKAGES := golang-go/forky golang-github-cilium-ebpf-dev/forky golang-golang-x-sys-dev/forky

out/loaders/.unpacked: src/kernel/foreign.sh test/vm/export/loaders.mk | out/.apt
	$(call say,LOADERS,bpftool $(firstword $(subst /, ,$(word 2,$(GO_PACKAGES)))))
	$(Q)rm -rf out/loaders/debs out/loaders/root out/loaders/go && mkdir -p out/loaders/root
	$(Q)set -e; exec >out/loaders/log 2>&1; trap '[ $$? = 0 ] || tail -n 20 out/loaders/log >/dev/stderr' EXIT; \
		fetch() { src/kernel/foreign.sh out/loaders/debs $$(dpkg --print-architecture) "$$@"; }; \
		fetch bpftool/backports $(GO_PACKAGES); \
		go=$$(dpkg-deb -f out/loaders/debs/golang-go_*.deb Depends | grep -o 'golang-[0-9.]*-go' | head -n 1); \
		fetch $$go/forky $${go%go}src/forky; \
		for deb in out/loaders/debs/*.deb; do \
			dpkg-deb --fsys-tarfile $$deb | tar -x -C out/loaders/root --exclude './usr/share/go-*/test' --exclude ./usr/share/doc; \
		done; \
		ln -s root/usr/lib/$$(echo $$go | sed 's/^golang-\(.*\)-go$$/go-\1/') out/loaders/go
	$(Q)touch $@

# aya needs a Rust that Debian 12 has not, so it is built in a root of its own, of 2 GB; its tests are run by this alone.
.PHONY: aya
aya: build out/loaders/aya out/kernels/lab-6.12/vmlinuz
	$(Q)AYA=out/loaders/aya npx vitest run --config test/vm/vitest.config.ts test/vm/export

out/loaders/rust/.installed: | out/loaders/.unpacked
	$(call say,RUST,librust-aya-dev)
	$(Q)set -e; dpkg -s debootstrap >/dev/null 2>&1 || apt-get install -qy debootstrap >out/loaders/rust.log; \
		mirror=$$(apt-get indextargets --format '$$(REPO_URI)' 'Created-By: Packages' | head -n 1); \
		rm -rf out/loaders/rust; \
		debootstrap --variant=minbase --keyring=/usr/share/keyrings/debian-archive-keyring.gpg sid out/loaders/rust $$mirror >>out/loaders/rust.log; \
		chroot out/loaders/rust apt-get install -qy --no-install-recommends cargo librust-aya-dev gcc libc6-dev >>out/loaders/rust.log
	$(Q)touch $@

out/loaders/aya: test/vm/export/aya/main.rs test/vm/export/aya/Cargo.toml out/loaders/rust/.installed
	$(call say,CARGO,$@)
	$(Q)mkdir -p out/loaders/rust/fault && cp test/vm/export/aya/* out/loaders/rust/fault/
	$(Q)chroot out/loaders/rust sh -c 'cd fault && RUSTFLAGS="-C target-feature=+crt-static" cargo build -q --offline \
		--target $$(rustc --print host-tuple) --config "source.crates-io.replace-with=\"debian\"" \
		--config "source.debian.directory=\"/usr/share/cargo/registry\""'
	$(Q)cp out/loaders/rust/fault/target/*/debug/fault $@

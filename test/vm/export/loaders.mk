# What Debian 12 has not and the tests of `injectc export` need: a bpftool that attaches, and cilium/ebpf with its Go.

GO_PACKAGES := golang-go/forky golang-github-cilium-ebpf-dev/forky golang-golang-x-sys-dev/forky

out/loaders/.unpacked: src/kernel/foreign.sh test/vm/export/loaders.mk | out/.apt
	$(call say,LOADERS,bpftool $(firstword $(subst /, ,$(word 2,$(GO_PACKAGES)))))
	$(Q)rm -rf out/loaders && mkdir -p out/loaders/root
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

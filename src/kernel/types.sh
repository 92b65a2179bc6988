#!/bin/sh
# types.sh FOLDER: takes FOLDER/vmlinux.btf out of FOLDER/vmlinuz (an x86-64 bzImage) by FOLDER/config, so that nobody
# has to unpack the image again. Offsets: Documentation/arch/x86/boot.rst of the kernel.
set -eu
folder=$1
image=$folder/vmlinuz
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

number() { od -An "-tu$2" -j "$1" -N "$2" "$image" | tr -d ' '; }
start=$((($(number 497 1) + 1) * 512 + $(number 584 4)))
length=$(number 588 4)

# All but gzip's are followed by the unpacked size in 4 bytes, which the tools take for damage.
tail=4
case $(sed -n 's/^CONFIG_KERNEL_\([A-Z0-9]*\)=y$/\1/p' "$folder/config") in
GZIP) tool='gzip' tail=0 ;;
BZIP2) tool='bzip2' ;;
LZMA) tool='xz --format=lzma' ;;
XZ) tool='xz' ;;
LZ4) tool='lz4' ;;
LZO) tool='lzop' ;;
ZSTD) tool='zstd' ;;
*) echo "types.sh: $folder/config names no compression that is known" >&2; exit 1 ;;
esac
command -v "${tool%% *}" >/dev/null || apt-get install -qy --no-install-recommends "${tool%% *}" >"$work/apt.log" 2>&1

tail -c "+$((start + 1))" "$image" | head -c "$((length - tail))" | $tool -dc >"$work/vmlinux"
llvm-objcopy-19 --dump-section=".BTF=$folder/vmlinux.btf" "$work/vmlinux" "$work/rest"

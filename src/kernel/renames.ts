/** Functions that went by other names in other releases. */

/**
 * Names of one function, of what took its place, or of what an inlined one calls, the most recent last. Each lab kernel can
 * trace one of a row's at least; tests hold it to that.
 */
export const renames: readonly (readonly string[])[] = [
  ["do_fork", "_do_fork", "kernel_clone"],
  ["generic_make_request", "submit_bio_noacct"],
  ["blk_mq_make_request", "blk_mq_submit_bio"],
  ["ext4_readpages", "ext4_readahead"],
  ["ext4_writepage", "ext4_writepages"],
  ["generic_file_buffered_read", "filemap_read"],
  ["user_path_at_empty", "user_path_at"],
  ["mount_fs", "vfs_get_tree"],
  ["sget_userns", "sget_fc"],
  ["mount_bdev", "get_tree_bdev"],
  ["__do_execve_file", "bprm_execve"],
  ["kmalloc", "kzalloc", "__kmalloc", "__kmalloc_noprof"],
  ["alloc_pages", "__alloc_pages_nodemask", "__alloc_pages", "__alloc_pages_noprof"],
  ["kmem_cache_alloc_trace", "kmalloc_trace", "__kmalloc_cache_noprof"],
  ["kmalloc_order", "__kmalloc_large_node", "__kmalloc_large_noprof"],
  ["kvmalloc_node", "__kvmalloc_node_noprof"],
  ["printk", "_printk"],
  ["do_mkdirat", "filename_mkdirat"],
  ["do_mknodat", "filename_mknodat"],
  ["do_rmdir", "filename_rmdir"],
  ["do_unlinkat", "filename_unlinkat"],
  ["do_linkat", "filename_linkat"],
  ["do_symlinkat", "filename_symlinkat"],
  ["do_renameat2", "filename_renameat2"],
];

/** What became of many names at once: file systems that moved to fs_context, and allocators that are profiled (6.10). */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/^(\w+)_mount$/, "$1_get_tree"],
  [/^(\w+)_get_tree$/, "$1_mount"],
  [/^(\w+)_noprof$/, "$1"],
  [/^(\w+)$/, "$1_noprof"],
];

/** What a function may be called in other releases, the likeliest first. */
export function otherNames(name: string): string[] {
  const rows = renames.filter((row) => row.includes(name)).flat();
  const made = patterns.flatMap(([pattern, by]) => (pattern.test(name) ? [name.replace(pattern, by)] : []));
  return [...new Set([...rows.reverse(), ...made])].filter((other) => other !== name);
}

/** Fields that went by other names, by their struct; oldest first. */
export const renamedFields: readonly (readonly [record: string, ...names: string[]])[] = [
  ["bio", "bi_disk", "bi_bdev"],
  ["bio", "bi_partno", "bi_bdev"],
  ["task_struct", "state", "__state"],
  ["inode", "i_ctime", "__i_ctime", "i_ctime_sec"],
  ["inode", "i_mtime", "__i_mtime", "i_mtime_sec"],
  ["inode", "i_atime", "__i_atime", "i_atime_sec"],
  ["dentry", "d_child", "d_sib"],
  ["dentry", "d_subdirs", "d_children"],
  ["file", "f_count", "f_ref"],
  ["bio", "bi_rw", "bi_opf"],
  ["mm_struct", "mmap_sem", "mmap_lock"],
  ["task_struct", "cpus_allowed", "cpus_mask"],
];

/** Fields that the kernel's sources reach by macros (linux/dcache.h, net/sock.h and its neighbours), by their struct. */
const macros: readonly (readonly [record: string, macro: RegExp, path: string])[] = [
  ["dentry", /^d_lock$/, "d_lockref.lock"],
  ["dentry", /^d_iname$/, "d_shortname.string"],
  ["sock", /^sk_(\w+)$/, "__sk_common.skc_$1"],
  ["inet_sock", /^inet_(\w+)$/, "sk.__sk_common.skc_$1"],
  ["request_sock", /^rsk_(\w+)$/, "__req_common.skc_$1"],
  ["inet_timewait_sock", /^tw_(\w+)$/, "__tw_common.skc_$1"],
];

/** The way to what would be the field, were it of the macro's kind: the members' names, outermost first. */
export function macroPath(record: string, field: string): string[] | undefined {
  const [, macro, path] = macros.find(([owner, pattern]) => owner === record && pattern.test(field)) ?? [];
  return macro && path ? field.replace(macro, path).split(".") : undefined;
}

/** Structs that others took the place of, oldest first. */
export const renamedTypes: readonly (readonly string[])[] = [["hd_struct", "block_device"]];

/** Which struct may have taken a struct's place in other releases, or had it. */
export function otherTypes(name: string): string[] {
  return renamedTypes.filter((row) => row.includes(name)).flatMap((row) => row.filter((n) => n !== name));
}

/** What a struct's field may be called in other releases, the likeliest first. */
export function otherFields(record: string, field: string): string[] {
  const rows = renamedFields.filter(([owner, ...names]) => owner === record && names.includes(field));
  return rows.flatMap(([, ...names]) => names.reverse().filter((name) => name !== field));
}

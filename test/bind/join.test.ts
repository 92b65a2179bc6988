import { expect, test } from "vitest";
import type { Variant } from "../../src/bind/plan.js";
import { render } from "../../src/render/render.js";
import { bindText, framed, profile } from "./spec.js";

const names = ["lab-5.10", "lab-6.1", "lab-6.12", "lab-7.2", "lab-7.3"];
const kernels = await Promise.all(names.map(profile));

function variants(when: string, name: string, on: readonly string[] = names): readonly Variant[] {
  const plan = bindText(
    framed(when, name),
    on.map((n) => kernels[names.indexOf(n)]!),
  );
  if (!plan.ok) throw new Error(plan.diagnostics.map((d) => d.message).join("; "));
  return plan.value.variants;
}

const later = "6.1 6.12 7.2 7.3";

/** Which kernels share an object: 5.10 has its own, since it lacks features that the C of the others needs. */
const rows: readonly [when: string, name: string, ...groups: string[]][] = [
  ["name->len == 7", "d_alloc", later, "5.10"],
  // A parameter less since 7.1, behind those that are read.
  ["name->len == 7", "d_alloc_parallel", later, "5.10"],
  ['exists(parent->d_iname) && STRCMP(parent->d_iname, "x")', "d_alloc", later, "5.10"],
  [
    "exists(parent->d_iname) ? parent->d_iname[0] == 1 : parent->d_shortname.string[0] == 1",
    "d_alloc",
    later,
    "5.10",
  ],
  ["!exists(parent->d_iname) || parent->d_iname[0] == 1", "d_alloc", later, "5.10"],
  ["exists(parent->d_inode->i_ctime_sec) && parent->d_inode->i_ctime_sec > 5", "d_alloc", later, "5.10"],
  ["exists(parent->d_none) && parent->d_none > 5 || name->len", "d_alloc", later, "5.10"],
  // What the size of the array decides is not the same.
  ["exists(parent->d_iname) && sizeof(parent->d_iname) == 32", "d_alloc", "6.12", "6.1 7.2 7.3", "5.10"],
];

test.each(rows)("%s in %s", (when, name, ...groups) => {
  const found = variants(when, name).map((v) =>
    v.kernels.map((k) => k.release!.split(".", 2).join(".")).join(" "),
  );
  expect(found.sort()).toEqual([...groups].sort());
});

test("a parameter that has moved is read in two objects", () => {
  const on = ["lab-6.1", "lab-6.12", "lab-7.2", "lab-7.3"];
  const found = variants("tb[0] != NULL", "eeprom_parse_request", on);
  expect(found.map((v) => v.kernels.map((k) => k.release!.split(".", 2).join(".")))).toEqual([
    ["6.1", "6.12"],
    ["7.2", "7.3"],
  ]);
  expect(variants("tb[0] != NULL || extack == NULL", "eeprom_parse_request", on).length).toBe(2);
});

test("what all kernels agree on is not asked for", () => {
  const c = (on: readonly string[]) =>
    variants("exists(parent->d_iname) ? parent->d_iname[0] == 1 : name->len == 1", "d_alloc", on)
      .map(render)
      .join("");
  expect(c(["lab-6.1", "lab-6.12"])).not.toContain("field_exists(struct dentry");
  expect(c(["lab-7.2", "lab-7.3"])).not.toContain("field_exists(struct dentry");
  expect(c(["lab-6.12", "lab-7.2"])).toContain("bpf_core_field_exists(struct dentry, d_iname) ?");
});

test("every field on the way is asked for", () => {
  const [one, ...others] = variants(
    "exists(parent->d_inode->i_ctime_sec) && parent->d_inode->i_ctime_sec > 5",
    "d_alloc",
    ["lab-6.1", "lab-6.12"],
  );
  expect(others).toEqual([]);
  expect(render(one!)).toContain(
    "bpf_core_field_exists(struct dentry, d_inode) && bpf_core_field_exists(struct inode, i_ctime_sec) &&",
  );
});

test("an object says how many parameters its functions may have", () => {
  const [one] = variants("name->len == 7", "d_alloc_parallel", ["lab-6.12", "lab-7.3"]);
  expect(one!.needs.functions).toEqual([
    { name: "d_alloc_parallel", arities: [2, 3] },
    { name: "should_failslab", arities: [2] },
    { name: "do_task_dead" },
  ]);
  const [bare] = variants("true", "d_alloc_parallel", ["lab-6.12", "lab-7.3"]);
  expect(bare!.needs.functions[0]).toEqual({ name: "d_alloc_parallel" });
});

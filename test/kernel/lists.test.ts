import { describe, expect, test } from "vitest";
import {
  injectableList,
  type ListFormat,
  readList,
  syscallList,
  traceableList,
} from "../../src/kernel/lists.js";
import { fact, labNames, must, told } from "./lab.js";

const read = <T>(format: ListFormat<T>, text: string) => readList(format, { name: "list", text });

describe("injectable", () => {
  test.each([
    [
      "classes",
      "a\tNULL\nb\tERRNO\nc\tERRNO_NULL\nd\tTRUE\n",
      { a: "NULL", b: "ERRNO", c: "ERRNO_NULL", d: "TRUE" },
    ],
    ["what 5.10 prints for TRUE", "a\t(unknown)\n", { a: "unknown" }],
    ["a class of the future", "a\tFALSE\n", { a: "unknown" }],
    ["a module's function", "ext4_mount [ext4]\tERRNO\n", { ext4_mount: "ERRNO" }],
    ["one name twice", "a\tERRNO\nb\tNULL\na\tERRNO\nb\tTRUE\n", { a: "ERRNO", b: "unknown" }],
    [
      "no last newline, CRLF, comments, empty lines",
      "# list\r\n\r\na\tERRNO\r\nb.isra.0 NULL",
      { a: "ERRNO", "b.isra.0": "NULL" },
    ],
    ["nothing", "", {}],
  ])("%s", (_, text, expected) => {
    expect(Object.fromEntries(must(read(injectableList, text))())).toEqual(expected);
  });

  test.each([
    ["a cut line", "a\tERRNO\nb", ["damaged-list 2:1-2:2"]],
    ["a third word", "a\tERRNO x\n", ["damaged-list 1:1-1:10"]],
    ["an address", "0xffff-1 ERRNO\n", ["damaged-list 1:1-1:15"]],
    ["bytes", "a\tERRNO\n\u0000\ufffd\n", ["damaged-list 2:1-2:3"]],
  ])("rejects %s", (_, text, expected) =>
    expect(told(read(injectableList, text).diagnostics)).toEqual(expected));

  test("shows the first damaged lines of many", () => {
    expect(told(read(injectableList, "damage\n".repeat(1000)).diagnostics)).toHaveLength(5);
  });
});

describe("traceable", () => {
  test("names, a module's as well", () => {
    const text = "vfs_read\nvfs_read\next4_sync_fs [ext4]\nfoo.constprop.0\n__ftrace_invalid_address___12\n";
    expect([...must(read(traceableList, text))()]).toEqual([
      "vfs_read",
      "ext4_sync_fs",
      "foo.constprop.0",
      "__ftrace_invalid_address___12",
    ]);
  });

  test.each([
    ["vfs_read", true],
    ["foo.constprop.0", true],
    ["ext4_sync_fs", true],
    ["last", true],
    ["foo", false],
    ["foo.constprop", false],
    ["fs_read", false],
    ["vfs_read\next4_sync_fs", false],
    ["ext4", false],
    ["", false],
  ])("has %j: %s", (name, expected) => {
    const text = "vfs_readv\r\nvfs_read\r\next4_sync_fs [ext4]\nfoo.constprop.0\nlast";
    expect(must(read(traceableList, text))().has(name)).toBe(expected);
  });

  test("those that stand there twice", () => {
    const list = must(read(traceableList, "foo\nbar\r\nfoo.part.0\nbar [ext4]\nbart\nlast"))();
    expect(["foo", "bar", "ba", "last", "none", ""].filter((name) => list.isShared(name))).toEqual(["bar"]);
  });

  test("those that begin alike", () => {
    const list = must(
      read(traceableList, "a.b\nfoo\r\nfoo.part.0 [ext4]\nfoo.isra.1\nbar.foo.x\nfoo.part.0\nlast"),
    )();
    expect(list.startingWith("foo.")).toEqual(["foo.part.0", "foo.isra.1"]);
    expect(list.startingWith("last")).toEqual(["last"]);
    expect(list.startingWith("oo")).toEqual([]);
  });

  test.each([
    ["an address in front", "ffffffff81000000 vfs_read\n", ["damaged-list 1:1-1:26"]],
    ["an open bracket", "vfs_read\next4_sync_fs [ext", ["damaged-list 2:1-2:18"]],
  ])("rejects %s", (_, text, expected) =>
    expect(told(read(traceableList, text).diagnostics)).toEqual(expected));
});

describe("syscalls", () => {
  test("arguments as C, none for void", () => {
    const text = "fork(void)\npause()\nexecve(const char *filename, const char *const *argv,int x)\n";
    expect([...must(read(syscallList, text))()]).toEqual([
      ["fork", []],
      ["pause", []],
      ["execve", ["const char *filename", "const char *const *argv", "int x"]],
    ]);
  });

  test.each([
    ["a cut line", "open(const char *filename, int", ["damaged-list 1:1-1:31"]],
    ["code", "open(int a); evil()\n", ["damaged-list 1:1-1:20"]],
  ])("rejects %s", (_, text, expected) =>
    expect(told(read(syscallList, text).diagnostics)).toEqual(expected));
});

describe.each(labNames)("%s", (name) => {
  test("its lists are read whole", () => {
    const text = (file: string) => fact(name, file).toString();
    const lines = (file: string) => text(file).trim().split("\n");
    const injectable = must(read(injectableList, text("injectable.txt")))();
    expect(injectable.get("should_failslab")).toBe("ERRNO");
    expect(injectable.get("should_fail_alloc_page")).toBe(name === "lab-5.10" ? "unknown" : "TRUE");
    expect([...injectable.keys()]).toEqual([
      ...new Set(lines("injectable.txt").map((line) => line.split("\t")[0])),
    ]);
    const traceable = must(read(traceableList, text("traceable.txt")))();
    expect([...traceable]).toEqual([...new Set(lines("traceable.txt"))]);
    const syscalls = must(read(syscallList, text("syscalls.txt")))();
    expect(syscalls.size).toBe(lines("syscalls.txt").length);
    expect(syscalls.get("openat")).toEqual(["int dfd", "const char *filename", "int flags", "umode_t mode"]);
  });
});

/** A line on the terminal that says how far long work has come. */

import { printable } from "../terminal.js";

/** Shows each line in the place of the one before, and null clears it; does nothing on what is no terminal. */
export function progressOn(stream: NodeJS.WriteStream, quiet: boolean): (line: string | null) => void {
  if (quiet || !stream.isTTY) return () => {};
  let shown = false;
  return (line) => {
    if (line === null && !shown) return;
    const room = (stream.columns || 80) - 1;
    // Back to the first column, and clear to the end of the line (ECMA-48).
    stream.write(`\r\u001b[K${printable(line ?? "").slice(0, room)}`);
    shown = line !== null;
  };
}

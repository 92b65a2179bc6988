/** Sections as text for people. */

import { oneLine } from "../terminal.js";
import type { Section } from "./explain.js";

const width = 110;

/** Titles in a column of their own, lines broken between words; whatever is in a line, it is one, and no other title's. */
export function sectionsText(sections: readonly Section[]): string {
  const column = Math.max(...sections.map(({ title }) => title.length)) + 2;
  return sections
    .map(({ title, lines }) => {
      const broken = lines.flatMap((line) => wrapped(oneLine(line), width - column));
      return broken.map((line, i) => `${(i === 0 ? title : "").padEnd(column)}${line}`.trimEnd()).join("\n");
    })
    .join("\n");
}

/** Further lines stand as deep as the first, and two deeper in a list. */
function wrapped(line: string, columns: number): string[] {
  const indent = /^ */.exec(line)![0];
  const rest = indent ? `${indent}    ` : "";
  const out: string[] = [];
  let current = "";
  for (const word of line.trimStart().split(" ")) {
    const next = current === "" ? `${out.length ? rest : indent}${word}` : `${current} ${word}`;
    if (current !== "" && next.length > columns) {
      out.push(current);
      current = `${rest}${word}`;
    } else current = next;
  }
  return [...out, current];
}

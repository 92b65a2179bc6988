/** Text on a terminal: nothing in it steers the terminal, and it is known how wide it is. */

/**
 * What shows nothing of its own but may move the cursor, turn the text around or hide in it: controls, format characters
 * (but the two that join letters), halves of pairs, and Unicode's own blanks and line breaks, which look like others. Blanks,
 * newlines and tabs are kept.
 */
const unprintable = /(?![\n\t \u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Z}]/gu;

/** Control and format characters as visible escapes, which JSON reads as the same characters. */
export function printable(text: string): string {
  return text.replace(unprintable, escaped);
}

/** The same for what must not begin a line of its own. */
export function oneLine(text: string): string {
  return printable(text).replace(/[\n\t]/g, escaped);
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

/** What stands over or under the letter before it, or joins two. */
const narrow = /[\p{Mn}\p{Me}\u1160-\u11ff]|\u200c|\u200d/gu;
/** East Asian Wide and Fullwidth, by the blocks of EastAsianWidth.txt, and what is shown as a picture by itself. */
const wide =
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u3247\u3250-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18d08}\u{1aff0}-\u{1b2fb}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]|(?![\u{1f1e6}-\u{1f1ff}])\p{Emoji_Presentation}/gu;

/** How many columns a printable text without tabs and newlines takes on a terminal. */
export function widthOf(text: string): number {
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
  return [...text.replace(narrow, "")].length + count(wide);
}

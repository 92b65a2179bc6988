/** A terminal of a given size, as far as the loader's output asks for one: like xterm, it wraps no lines anew when it is resized. */
export class Terminal {
  /** What has left it at the top. */
  readonly history: string[] = [];
  private lines: string[] = [""];
  private row = 0;
  private column = 0;
  private wraps = true;

  constructor(
    private columns: number,
    private rows: number,
  ) {}

  /** What it shows. */
  get text(): string {
    return this.lines.join("\n");
  }

  resize(columns: number, rows: number): void {
    Object.assign(this, { columns, rows });
    this.lines = this.lines.map((line) => line.slice(0, columns));
    while (this.lines.length > rows) this.scroll();
  }

  write(text: string): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what terminals get
    for (const piece of text.match(/\x1b\[[?\d]*[A-Za-z]|[\s\S]/g) ?? []) {
      const [, number, command] = /^.\[(\??\d*)(\w)$/.exec(piece) ?? [];
      if (command === undefined) this.put(piece);
      else if (command === "A") this.row = Math.max(0, this.row - Number(number));
      else if (command === "J") this.erase();
      else if (number === "?7") this.wraps = command === "h";
      else throw new Error(`unknown: ${JSON.stringify(piece)}`);
    }
  }

  private put(character: string): void {
    if (character === "\r") this.column = 0;
    else if (character === "\n") this.feed();
    else {
      if (this.column === this.columns && this.wraps) {
        this.column = 0;
        this.feed();
      }
      const at = Math.min(this.column, this.columns - 1);
      const line = this.lines[this.row]!;
      this.lines[this.row] = line.slice(0, at).padEnd(at) + character + line.slice(at + 1);
      this.column = at + 1;
    }
  }

  private feed(): void {
    if (++this.row === this.lines.length) this.lines.push("");
    while (this.lines.length > this.rows) this.scroll();
  }

  private erase(): void {
    this.lines = [...this.lines.slice(0, this.row), this.lines[this.row]!.slice(0, this.column)];
  }

  private scroll(): void {
    this.history.push(this.lines.shift()!);
    this.row = Math.max(0, this.row - 1);
  }
}

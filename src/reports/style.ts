// How a report may look: colours, characters, layout. A value decided once by cli/terminal.ts; nothing here asks the
// environment.

export interface Style {
  readonly color: boolean;
  /** True: box drawing, ellipsis and check marks may be used. */
  readonly unicode: boolean;
  /** "pipe" keeps the layouts that scripts read from Flyway; "terminal" is for people. */
  readonly layout: "terminal" | "pipe";
  /** Cells of a line; Infinity in a pipe. */
  readonly width: number;
}

export const PLAIN: Style = {
  color: false,
  unicode: false,
  layout: "pipe",
  width: Number.POSITIVE_INFINITY,
};

export type Hue = "bold" | "dim" | "red" | "green" | "yellow" | "blue" | "magenta" | "cyan";

const CODES: Readonly<Record<Hue, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
};

export function paint(style: Style, hue: Hue | undefined, text: string): string {
  if (!style.color || hue === undefined || text === "") return text;
  const [open, close] = CODES[hue];
  return `\x1b[${open}m${text}\x1b[${close}m`;
}

/** Marks for a terminal. A pipe shows words instead. */
export interface Marks {
  readonly done: string;
  readonly failed: string;
  readonly skipped: string;
  readonly bullet: string;
  readonly ellipsis: string;
  readonly leader: string;
  readonly arrow: string;
}

const UNICODE_MARKS: Marks = {
  done: "✓",
  failed: "✗",
  skipped: "↷",
  bullet: "•",
  ellipsis: "…",
  leader: "·",
  arrow: "→",
};
const ASCII_MARKS: Marks = {
  done: "+",
  failed: "x",
  skipped: "~",
  bullet: "-",
  ellipsis: "...",
  leader: ".",
  arrow: "->",
};

export const marks = (style: Style): Marks => (style.unicode ? UNICODE_MARKS : ASCII_MARKS);

/** Widest line of running text: long lines are hard to read even where there is room. A pipe's are not broken. */
export const textWidth = (style: Style): number =>
  style.layout === "pipe" ? Number.POSITIVE_INFINITY : Math.min(style.width, 100);

// A piece of output with its weight. The terminal chooses the stream and the prefix by it.

/** "data" is what a program reads (JSON, ids): it is printed even when all else is quiet. */
export type Level = "debug" | "info" | "warn" | "error" | "data";

export interface Line {
  readonly level: Level;
  /** One or more lines, without the last line end. */
  readonly text: string;
}

export const info = (text: string): Line => ({ level: "info", text });
export const warn = (text: string): Line => ({ level: "warn", text });

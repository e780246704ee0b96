// A value that must not reach a message, a log or JSON. Reading it is an explicit call.
import { inspect } from "node:util";

export interface Secret {
  /** The value itself. Call it only where it goes to the server or to a child process. */
  reveal(): string;
  toString(): string;
  toJSON(): string;
}

/** Wraps a secret; every accidental rendering (string, JSON, console.log) gives `***`. */
export function secret(value: string): Secret {
  return Object.freeze({
    reveal: () => value,
    toString: () => "***",
    toJSON: () => "***",
    [inspect.custom]: () => "***",
  });
}

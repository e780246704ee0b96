// Whether a statement is inside the body of a routine: CREATE FUNCTION ... BEGIN ATOMIC statement; ... END. The
// semicolons in there do not end the statement.
//
// By the grammar (gram.y, opt_routine_body) the END of the body follows a semicolon or ATOMIC. Another END closes a
// CASE, or is a name (x.end, AS end); if it is neither, the last semicolon was forgotten, and the body ends there, so
// that the server complains of this statement and not of all that follows. psql counts BEGIN, CASE and END alone.

export class RoutineBody {
  /** True while the statement may still turn out to have such a body. */
  isPossible = false;
  /** The character before the text at hand, when that continues a statement. */
  lastCharacter = 0;
  #isRoutine = false;
  #depth = 0;
  #cases = 0;
  // Offsets, in the whole text, behind the last BEGIN, ATOMIC and AS.
  #begin = -1;
  #atomic = -1;
  #as = -1;

  get isOpen(): boolean {
    return this.#depth > 0;
  }

  /** The first words of a statement, as each is added: CREATE [OR REPLACE] FUNCTION, PROCEDURE, or CREATE SCHEMA. */
  consider(words: readonly string[]): void {
    const last = words[words.length - 1];
    this.#isRoutine ||= last === "FUNCTION" || last === "PROCEDURE";
    if (words.length === 1) this.isPossible = last === "CREATE";
    else if (words.length === 2) this.isPossible &&= this.#isRoutine || last === "OR" || last === "SCHEMA";
    else if (words.length === 4 && words[1] === "OR") this.isPossible &&= this.#isRoutine;
  }

  reset(): void {
    this.isPossible = false;
    this.#isRoutine = false;
    this.#depth = 0;
    this.#cases = 0;
    this.#begin = -1;
    this.#atomic = -1;
    this.#as = -1;
  }

  /** A semicolon in the body, outside parentheses: no CASE reaches over it. */
  semicolon(): void {
    this.#cases = 0;
  }

  /** A word outside parentheses, from `from` to `to`; the token before it ended at `previous`. */
  word(text: string, from: number, to: number, previous: number, base: number): void {
    const length = to - from;
    // No other length matters.
    if (length === 7 || length > 9 || length === 1) return;
    if (!this.#isRoutine) {
      if (length >= 8) {
        const word = text.slice(from, to).toUpperCase();
        this.#isRoutine = word === "FUNCTION" || word === "PROCEDURE";
      }
      return;
    }
    switch (text.slice(from, to).toUpperCase()) {
      case "BEGIN":
        this.#begin = base + to;
        break;
      case "ATOMIC":
        if (this.#begin !== base + previous) break;
        this.#depth++;
        this.#atomic = base + to;
        this.#cases = 0;
        break;
      case "AS":
        this.#as = base + to;
        break;
      case "CASE":
        if (this.isOpen && !this.#isName(text, from, previous, base)) this.#cases++;
        break;
      case "END":
        if (this.isOpen) this.#end(text, from, previous, base);
        break;
      default:
    }
  }

  #end(text: string, from: number, previous: number, base: number): void {
    const closesBody =
      this.#atomic === base + previous || this.#characterBefore(text, previous) === SEMICOLON;
    if (!closesBody && this.#isName(text, from, previous, base)) return;
    if (!closesBody && this.#cases > 0) this.#cases--;
    else this.#depth--;
  }

  #isName(text: string, from: number, previous: number, base: number): boolean {
    return (
      this.#as === base + previous || (from === previous && this.#characterBefore(text, previous) === DOT)
    );
  }

  #characterBefore(text: string, at: number): number {
    return at > 0 ? text.charCodeAt(at - 1) : this.lastCharacter;
  }
}

const SEMICOLON = 59;
const DOT = 46;

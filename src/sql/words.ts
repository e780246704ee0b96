// The words of a statement in upper case, without making the same strings and lists again for every statement of a large
// file: most statements begin like others before them.

const WORD_SLOTS = 4096;
const LIST_SLOTS = 1024;
/** Words met before, each in the one slot that its length and some of its letters give it. */
const met: string[] = new Array<string>(WORD_SLOTS).fill("");
const lists: (readonly string[])[] = new Array<readonly string[]>(LIST_SLOTS).fill([]);
/** Keywords are no longer; of a longer one a slice would keep the whole text alive. */
const LONGEST_KEPT = 12;

/** The words of one statement, as they come. */
export class Words {
  readonly #list: string[] = [];
  #key = 0;
  /** False when a word is a slice of the text, which a list that outlives it would keep alive. */
  #mayStay = true;

  get length(): number {
    return this.#list.length;
  }

  /** Takes text.slice(from, to) in upper case. False when it is not made of ASCII letters and underscores alone. */
  add(text: string, from: number, to: number): boolean {
    const length = to - from;
    const slot =
      ((text.charCodeAt(from) & 31) * 67 +
        (text.charCodeAt(from + (length >> 1)) & 31) * 131 +
        (text.charCodeAt(to - 1) & 31) * 257 +
        length) &
      (WORD_SLOTS - 1);
    const known = met[slot];
    if (known === undefined || !isSameWord(known, text, from, length)) {
      if (!isLetters(text, from, to)) return false;
      const word = text.slice(from, to).toUpperCase();
      if (length <= LONGEST_KEPT) met[slot] = word;
      else this.#mayStay = false;
      this.#list.push(word);
    } else {
      this.#list.push(known);
    }
    this.#key = (this.#key * 31 + slot) & 0xfffff;
    return true;
  }

  /** The words so far. Not to be kept. */
  get list(): readonly string[] {
    return this.#list;
  }

  /** The words, for keeps; begins a new list. Equal lists are mostly the same list. */
  take(): readonly string[] {
    const slot = this.#key & (LIST_SLOTS - 1);
    let taken = lists[slot];
    if (taken === undefined || !isSameList(taken, this.#list)) {
      taken = this.#list.slice();
      if (this.#mayStay) lists[slot] = taken;
    }
    this.#mayStay = true;
    this.#list.length = 0;
    this.#key = 0;
    return taken;
  }
}

function isSameWord(known: string, text: string, from: number, length: number): boolean {
  if (known.length !== length) return false;
  for (let i = 0; i < length; i++) {
    const c = text.charCodeAt(from + i);
    if (known.charCodeAt(i) !== (c >= 97 && c <= 122 ? c - 32 : c)) return false;
  }
  return true;
}

function isLetters(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const c = text.charCodeAt(i);
    const lower = c | 32;
    if (c !== 95 && (lower < 97 || lower > 122)) return false;
  }
  return true;
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

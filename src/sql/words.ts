// Words in upper case, without making the same string again for every statement of a large file.

const SIZE = 1024;
/** Words met before, each in the one slot its letters give it. */
const met: string[] = new Array<string>(SIZE).fill("");

/** text.slice(from, to).toUpperCase() */
export function upperWord(text: string, from: number, to: number): string {
  let hash = 0;
  for (let i = from; i < to; i++) {
    const c = text.charCodeAt(i);
    if (c > 127) return text.slice(from, to).toUpperCase();
    hash = (Math.imul(hash, 31) + upper(c)) | 0;
  }
  const slot = (hash ^ (hash >>> 10)) & (SIZE - 1);
  const known = met[slot];
  if (known !== undefined && isSame(known, text, from, to)) return known;
  const word = text.slice(from, to).toUpperCase();
  // A short word that is a slice of a large text would keep the text alive; V8 copies those of up to 12 characters.
  if (to - from <= 12) met[slot] = word;
  return word;
}

const upper = (c: number): number => (c >= 97 && c <= 122 ? c - 32 : c);

function isSame(known: string, text: string, from: number, to: number): boolean {
  if (known.length !== to - from) return false;
  for (let i = from; i < to; i++) {
    if (known.charCodeAt(i - from) !== upper(text.charCodeAt(i))) return false;
  }
  return true;
}

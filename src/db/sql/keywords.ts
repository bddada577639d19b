/** Finds the keywords among the words of a text, without cutting out any of them: most words are none. */

export interface Keywords {
  /** By the first and last letter of a word the keywords that it could be. */
  readonly buckets: readonly (readonly string[] | undefined)[];
}

const ENDS = 32;

export function keywordTable(words: Iterable<string>): Keywords {
  const buckets = new Array<string[] | undefined>(ENDS * ENDS).fill(undefined);
  for (const word of new Set(words)) {
    (buckets[bucketOf(word.charCodeAt(0), word.charCodeAt(word.length - 1))] ??= []).push(word);
  }
  return { buckets };
}

/** The keyword that stands there, in upper case; '' when it is none. */
export function keywordAt({ buckets }: Keywords, text: string, start: number, end: number): string {
  const bucket = buckets[bucketOf(text.charCodeAt(start), text.charCodeAt(end - 1))];
  if (bucket === undefined) return '';
  for (const word of bucket) {
    if (word.length === end - start && isWord(word, text, start)) return word;
  }
  return '';
}

/** Letters have the same lower five bits in either case. */
const bucketOf = (first: number, last: number): number => (first & 31) * ENDS + (last & 31);

function isWord(word: string, text: string, start: number): boolean {
  for (let i = 0; i < word.length; i++) {
    // Without the bit that makes a letter a small one; `_` has none.
    if ((text.charCodeAt(start + i) & ~32) !== word.charCodeAt(i)) return false;
  }
  return true;
}

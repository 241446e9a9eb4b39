/** Words that came from elsewhere, with one full stop at their end whether they brought it or not. */
export const sentence = (words: string): string => (/[.!?…]$/.test(words.trimEnd()) ? words.trimEnd() : `${words}.`);

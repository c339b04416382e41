/**
 * Splits a command line into words as a POSIX shell does: quotes and backslashes, nothing else. Undefined when a quote
 * is left open.
 */
export function commandWords(line: string): string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  let quote: string | undefined
  for (let i = 0; i < line.length; i++) {
    const char = line[i]!
    if (quote) {
      if (char === quote) quote = undefined
      else if (isContinuation(line, i) && quote === '"') i++
      else if (char === '\\' && quote === '"' && /["\\$`]/.test(line[i + 1] ?? '')) word += line[++i]!
      else word += char
    } else if (char === '"' || char === "'") {
      quote = char
      word ??= ''
    } else if (isContinuation(line, i)) i++
    else if (char === '\\' && i + 1 < line.length) word = (word ?? '') + line[++i]!
    else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + char
  }
  if (quote) return undefined
  return word === undefined ? words : [...words, word]
}

/** A backslash at the end of a line: the shell removes both. */
const isContinuation = (line: string, i: number) => line[i] === '\\' && line[i + 1] === '\n'

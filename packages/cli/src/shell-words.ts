/**
 * Converts between the words of a command and the text that a person types for them. Reading splits the text of a flag
 * into words as a shell does, but without running one: nothing is expanded, and an operator such as `;` or `|` is an
 * error, because no shell would see it.
 */

/** The words as one text, quoted where a shell needs it. */
export function shellText(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ')
}

/** @returns the words, or `fault`: why the text is not one command */
export function readShellWords(text: string): { words: string[]; fault?: never } | { fault: string } {
  const words: string[] = []
  let word: string | undefined
  let quote: string | undefined
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!
    const next = text[i + 1]
    // POSIX, "Quoting": a backslash stands for itself within '…', and within "…" before most characters.
    const isEscape = character === '\\' && quote !== "'" && next !== undefined
    if (isEscape && (quote === undefined || /[$`"\\]/.test(next))) {
      word = (word ?? '') + next
      i++
    } else if (character === quote) quote = undefined
    else if (quote !== undefined) word += character
    else if (/["']/.test(character)) {
      quote = character
      word ??= ''
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (/[;|&<>$`]/.test(character))
      return { fault: `${character} needs a shell. Quote it, or run one: sh -c '…'` }
    else word = (word ?? '') + character
  }
  if (quote !== undefined) return { fault: `the quote ${quote} is not closed` }
  return { words: word === undefined ? words : [...words, word] }
}

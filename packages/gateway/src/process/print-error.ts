/**
 * Prints errors of commands that run the gateway. In a terminal, each sentence of a long error begins on a new line,
 * and lines break between words. A sentence with a command is not broken, so that it can be copied. Elsewhere nothing
 * is broken.
 */

/** Prints an error on stderr. */
export function printError(text: string): void {
  const { isTTY, columns } = process.stderr
  const width = isTTY ? columns || 80 : Number.POSITIVE_INFINITY
  console.error(
    text
      .split('\n')
      .flatMap((line) => brokenLine(line, width))
      .join('\n'),
  )
}

function brokenLine(line: string, width: number): string[] {
  if (line.length <= width) return [line]
  return line.split(/(?<=[.!?]) (?=[A-Z])/).flatMap((sentence) => brokenSentence(sentence, width))
}

function brokenSentence(sentence: string, width: number): string[] {
  const hasCommand = /\b[A-Z_]+=\S/.test(sentence)
  if (hasCommand) return [sentence]
  const lead = /^ */.exec(sentence)![0]
  const [firstWord, ...words] = sentence.trimStart().split(' ')
  const lines = [`${lead}${firstWord}`]
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`
    if (longer.length <= width) lines[lines.length - 1] = longer
    else lines.push(`${lead}  ${word}`)
  }
  return lines
}

/**
 * Command lines for ExecuteCommand, which takes one text. The agent in the container splits the text into words as a
 * shell does, and runs the command without a shell.
 */
import { BadRequest } from '../problems/problem.ts'

/** Joins words to a command line that is split into the same words. */
export function commandLine(words: readonly string[]): string {
  return words.map(quoted).join(' ')
}

function quoted(word: string): string {
  return /^[\w%+,./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** Returns the words of the command in a request. @throws BadRequest `InvalidBody` for a quote that is left open */
export function wordsOfCommand(command: string | readonly string[]): readonly string[] {
  if (typeof command !== 'string') return command
  const words = split(command)
  if (words && words.length > 0) return words
  const message = words ? 'has no words' : 'has an open quote'
  throw new BadRequest('InvalidBody', `/command ${message}.`, {
    errors: [{ in: 'body', pointer: '/command', message }],
  })
}

/** Splits a line at blanks, with the quotes and backslashes of a POSIX shell. Undefined when a quote is left open. */
function split(line: string): string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  for (let remaining = line; remaining !== ''; ) {
    const blank = /^\s+/.exec(remaining)?.[0]
    if (blank !== undefined) {
      if (word !== undefined) words.push(word)
      word = undefined
      remaining = remaining.slice(blank.length)
      continue
    }
    const part = /^(?:'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\]+|\\$))/.exec(remaining)
    if (!part) return undefined
    const [all, single, double, escaped, plain] = part
    word = (word ?? '') + (single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? plain ?? '')
    remaining = remaining.slice(all.length)
  }
  return word === undefined ? words : [...words, word]
}

/** Breaks lines for people at the width of the terminal. Continued lines begin below the last column of the first. */
import { stripVTControlCharacters } from 'node:util'

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with ESC
const cellPattern = /(?:\u001b\[[\d;]*m)*[^\u001b]|(?:\u001b\[[\d;]*m)+$/gu
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with ESC
const coloursOf = (cell: string) => cell.match(/^(?:\u001b\[[\d;]*m)*/)![0]
const isSpace = (cell: string | undefined): boolean => cell?.endsWith(' ') === true

/** @returns the line with line ends in it: at spaces, and within a word that is longer than a line */
export function wrapLine(line: string, columns: number): string {
  let rest: string[] = line.match(cellPattern) ?? []
  const indent = ' '.repeat(hangingIndent(stripVTControlCharacters(line), columns))
  const lines: string[] = []
  for (let room = columns; visible(rest) > room; room = columns - indent.length) {
    let end = room
    while (end > 0 && !isSpace(rest[end])) end--
    // The first line is not broken before its last column.
    if (end === 0 || (lines.length === 0 && end < indent.length)) end = room
    let next = end
    let colours = ''
    for (; isSpace(rest[next]); next++) colours += coloursOf(rest[next]!)
    lines.push(rest.slice(0, end).join('').trimEnd() + colours)
    rest = rest.slice(next)
  }
  return [...lines, rest.join('')].join(`\n${indent}`)
}

const visible = (cells: readonly string[]) => cells.length - (cells.at(-1)?.endsWith('m') && isColour(cells) ? 1 : 0)
const isColour = (cells: readonly string[]) => coloursOf(cells.at(-1)!) === cells.at(-1)

/** Where the last column begins, if that leaves half of the line. Two spaces separate columns. */
function hangingIndent(text: string, columns: number): number {
  let indent = Math.min(2 + (/^ */.exec(text)?.[0].length ?? 0), Math.floor(columns / 2))
  for (const { index, 0: space } of text.matchAll(/(?<=\S) {2,}(?=\S)/g)) {
    const begin = index + space.length
    if (begin <= columns / 2) indent = begin
  }
  return indent
}

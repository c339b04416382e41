/**
 * Breaks a line for people at the width of the terminal. The second line and later ones begin below the last column of
 * the first line.
 */
import { stripVTControlCharacters } from 'node:util'

// A cell is one character with the colours before it. Colours at the end of the line are a cell without a character.
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with ESC
const cellPattern = /(?:\u001b\[[\d;]*m)*[^\u001b]|(?:\u001b\[[\d;]*m)+$/gu
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with ESC
const coloursOf = (cell: string) => cell.match(/^(?:\u001b\[[\d;]*m)*/)![0]
const endsWithSpace = (cell: string | undefined): boolean => cell?.endsWith(' ') === true

/** @returns the line, broken at spaces, and within a word that is longer than a line */
export function wrapLine(line: string, terminalWidth: number): string {
  let rest: string[] = line.match(cellPattern) ?? []
  const indent = ' '.repeat(hangingIndent(stripVTControlCharacters(line), terminalWidth))
  const lines: string[] = []
  for (let width = terminalWidth; visibleWidth(rest) > width; width = terminalWidth - indent.length) {
    let end = width
    while (end > 0 && !endsWithSpace(rest[end])) end--
    // The first line contains at least the beginning of its last column.
    if (end === 0 || (lines.length === 0 && end < indent.length)) end = width
    let next = end
    let colours = ''
    for (; endsWithSpace(rest[next]); next++) colours += coloursOf(rest[next]!)
    lines.push(rest.slice(0, end).join('').trimEnd() + colours)
    rest = rest.slice(next)
  }
  return [...lines, rest.join('')].join(`\n${indent}`)
}

const visibleWidth = (cells: readonly string[]) =>
  cells.length - (cells.length > 0 && hasNoCharacter(cells.at(-1)!) ? 1 : 0)
const hasNoCharacter = (cell: string) => coloursOf(cell) === cell

/** The position at which the last column begins, at most half of the width. Two spaces separate columns. */
function hangingIndent(text: string, terminalWidth: number): number {
  let indent = Math.min(2 + (/^ */.exec(text)?.[0].length ?? 0), Math.floor(terminalWidth / 2))
  for (const { index, 0: space } of text.matchAll(/(?<=\S) {2,}(?=\S)/g)) {
    const begin = index + space.length
    if (begin <= terminalWidth / 2) indent = begin
  }
  return indent
}

/** @returns the text without colours in lines of that width, broken at spaces, and within a word that is longer */
export function linesOfText(text: string, width: number): string[] {
  let rest = [...text]
  const lines: string[] = []
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width)
    const end = space > 0 ? space : width
    lines.push(rest.slice(0, end).join('').trimEnd())
    rest = [...rest.slice(end).join('').trimStart()]
  }
  return [...lines, rest.join('')]
}

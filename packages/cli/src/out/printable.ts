/**
 * External text on a terminal: names, reasons and log lines can hold control sequences, which would move the cursor,
 * change the title or hide text. They are removed; tabs become spaces.
 */
import { stripVTControlCharacters } from 'node:util'

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
const controls = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** One line without control characters, and without those that change the direction of text. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/\r?\n/g, ' ').replace(/\t/g, ' ').replace(controls, '')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of `paintFor`
const ownColours = /(\u001b\[(?:2|22|31|32|33|39)m)/

/** A line with the colours of this command, and external text in it. */
export function printableLine(line: string): string {
  return line
    .split(ownColours)
    .map((part, i) => (i % 2 === 1 ? part : printable(part)))
    .join('')
}

/** JSON escapes the first 32 characters only. The value is the same when the others are escaped, too. */
export function printableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

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

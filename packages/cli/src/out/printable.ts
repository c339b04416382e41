/**
 * Makes external text safe to print. Names, reasons and log lines can contain control sequences, which would move the
 * cursor, change the title or hide text of a terminal.
 */
import { stripVTControlCharacters } from 'node:util'

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
const controlCharacters = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** Removes control characters and characters that change the direction of text. Tabs and line ends become spaces. */
export function printableLine(text: string): string {
  return stripVTControlCharacters(text).replace(/\r?\n/g, ' ').replace(/\t/g, ' ').replace(controlCharacters, '')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of `paintFor`
const ownColours = /(\u001b\[(?:2|22|31|32|33|39)m)/

/** As `printableLine`, but keeps the colours with which this program paints. */
export function printableLineWithColours(line: string): string {
  return line
    .split(ownColours)
    .map((part, i) => (i % 2 === 1 ? part : printableLine(part)))
    .join('')
}

/**
 * JSON in which all control characters are escaped: `JSON.stringify` alone escapes only the first 32 characters of
 * Unicode. The parsed value stays the same.
 */
export function printableJson(value: unknown, indent?: number): string {
  return escapeControls(JSON.stringify(value, undefined, indent))
}

/**
 * YAML in which all control characters are escaped. A text that has one is quoted, because only quoted texts can have
 * escapes.
 */
export async function printableYaml(value: unknown): Promise<string> {
  const { Document, visit } = await import('yaml')
  const document = new Document(value)
  visit(document, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value === 'string' && escapeControls(scalar.value) !== scalar.value)
        scalar.type = 'QUOTE_DOUBLE'
    },
  })
  return escapeControls(document.toString())
}

const escapeControls = (text: string) =>
  text.replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

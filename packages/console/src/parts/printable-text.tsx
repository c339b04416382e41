/**
 * Text that does not come from the console (names, reasons, log lines, texts of AWS), shown in printable characters.
 * Control and format characters (Unicode's classes Cc and Cf) and line separators could hide a part of the text or
 * reverse its order, so they are shown as their code points; tabs and line feeds stay. The direction of the text does
 * not affect the text around it.
 */
import type { ReactNode } from 'react'

/** A character without a glyph of its own, as a capture group. */
export const controlCharacter = /((?![\t\n])[\p{Cc}\p{Cf}\u2028\u2029])/u

export const codePointOf = (character: string) => `U+${character.codePointAt(0)!.toString(16).padStart(4, '0')}`

/** The text for a place that takes no elements, such as an attribute, with control characters as code points. */
export const printable = (text: string) =>
  text
    .split(controlCharacter)
    .map((part, i) => (i % 2 === 0 ? part : codePointOf(part)))
    .join('')

/** The content of a cell, a fact or a label: a string is shown as printable text, an element as it is. */
export const printableContent = (content: ReactNode) =>
  typeof content === 'string' && content !== '' ? <PrintableText text={content} /> : content

export function PrintableText({ text }: { text: string | undefined | null }): ReactNode {
  if (text === undefined || text === null) return null
  const parts = text.split(controlCharacter)
  return (
    <bdi className="external">
      {parts.length === 1
        ? text
        : parts.map((part, i) =>
            i % 2 === 0 ? (
              part
            ) : (
              // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
              <span key={i} className="control-character">
                {codePointOf(part)}
              </span>
            ),
          )}
    </bdi>
  )
}

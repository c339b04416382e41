/**
 * Text that does not come from the console (names, reasons, log lines, texts of AWS), made harmless. Its direction does
 * not affect the text around it. Control and format characters (Unicode's classes Cc and Cf) and line separators are
 * shown as their code points; tabs and line feeds stay.
 */
import type { ReactNode } from 'react'

const controlCharacter = /((?![\t\n])[\p{Cc}\p{Cf}\u2028\u2029])/u

const markOf = (character: string) => `U+${character.codePointAt(0)!.toString(16).padStart(4, '0')}`

/** The text for a place that takes no elements, such as an attribute, with its control characters visible. */
export const visible = (text: string) =>
  text
    .split(controlCharacter)
    .map((part, i) => (i % 2 === 0 ? part : markOf(part)))
    .join('')

/** Cells, facts and labels: a string may be one from outside. */
export const withVisibleText = (content: ReactNode) =>
  typeof content === 'string' && content !== '' ? <ExternalText text={content} /> : content

export function ExternalText({ text }: { text: string | undefined | null }): ReactNode {
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
                {markOf(part)}
              </span>
            ),
          )}
    </bdi>
  )
}

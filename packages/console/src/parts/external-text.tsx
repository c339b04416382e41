/**
 * Text from outside (names, reasons, log lines, texts of AWS). Its direction does not affect the text around it.
 * Control and format characters are shown as their code points; tabs and line feeds stay.
 */
import type { ReactNode } from 'react'

const controlCharacter =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for these characters
  /([\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff])/

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
                {`U+${part.codePointAt(0)!.toString(16).padStart(4, '0')}`}
              </span>
            ),
          )}
    </bdi>
  )
}

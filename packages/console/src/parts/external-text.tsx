/** Text from outside (names, reasons, log lines, words of AWS): isolated, with control characters made visible. */
import type { ReactNode } from 'react'

// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what it looks for
const control = /([\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069])/

export function ExternalText({ text }: { text: string | undefined | null }): ReactNode {
  if (text === undefined || text === null) return null
  const parts = text.split(control)
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

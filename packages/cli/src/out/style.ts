/** Colours text, only for a stream that shows colours. A colour never replaces a word. */
import { styleText } from 'node:util'

export type Style = 'green' | 'red' | 'yellow' | 'dim'
export type ColourMode = 'auto' | 'always' | 'never'
export type Paint = (style: Style | undefined, text: string) => string

export function paintFor(stream: NodeJS.WritableStream, mode: ColourMode): Paint {
  return (style, text) => {
    if (style === undefined || mode === 'never' || text === '') return text
    return styleText(style, text, mode === 'always' ? { validateStream: false } : { stream })
  }
}

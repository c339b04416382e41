import { PrintableText } from './printable-text.tsx'

/** Matches the text, as a group, so that `split` keeps it. */
export const patternOf = (text: string, ignoresCase: boolean) =>
  new RegExp(`(${text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')})`, ignoresCase ? 'iu' : 'u')

/** The text, with every place marked that has the searched text. */
export function Marked({ text, searched }: { text: string; searched: RegExp | undefined }) {
  const parts = searched ? text.split(searched) : [text]
  return parts.map((part, i) => {
    const shown = <PrintableText key={0} text={part} />
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
    return i % 2 === 0 ? <span key={i}>{shown}</span> : <mark key={i}>{shown}</mark>
  })
}

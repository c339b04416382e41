import { PrintableText } from './printable-text.tsx'

/** The text, with every place marked that has the searched text. */
export function Marked({ text, searched }: { text: string; searched: string | undefined }) {
  if (!searched || !text.includes(searched)) return <PrintableText text={text} />
  const [first, ...others] = text.split(searched)
  return (
    <>
      <PrintableText text={first} />
      {others.map((part, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
        <span key={i}>
          <mark>
            <PrintableText text={searched} />
          </mark>
          <PrintableText text={part} />
        </span>
      ))}
    </>
  )
}

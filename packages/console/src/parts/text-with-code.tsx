/** A text of the gateway, whose parts between backticks are shown as code. */
import { PrintableText } from './printable-text.tsx'

export function TextWithCode({ text }: { text: string }) {
  return text.split(/`([^`\n]+)`/).map((part, i) =>
    i % 2 === 0 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
      <PrintableText key={i} text={part} />
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
      <code key={i}>
        <PrintableText text={part} />
      </code>
    ),
  )
}

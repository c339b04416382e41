import { PrintableText } from '../parts/printable-text.tsx'

/** The field in which a person types a text before a change that cannot be undone. */
export function TypeToConfirmField({
  text,
  typed,
  onChange,
}: {
  text: string
  typed: string
  onChange: (typed: string) => void
}) {
  return (
    <div className="field">
      <label htmlFor="confirm">
        Type <PrintableText text={text} /> to confirm
      </label>
      <input id="confirm" value={typed} autoComplete="off" onChange={(event) => onChange(event.target.value)} />
    </div>
  )
}

import { ExternalText } from '../parts/external-text.tsx'

/** The field in which a person types a text before a change that cannot be undone. */
export function ConfirmField({
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
        Type <ExternalText text={text} /> to confirm
      </label>
      <input id="confirm" value={typed} autoComplete="off" onChange={(event) => onChange(event.target.value)} />
    </div>
  )
}

/** The field that filters a list. Its label is for screen readers; others see the placeholder. */
export function FilterField({
  id = 'filter',
  label,
  placeholder,
  text,
  onType,
}: {
  id?: string
  label: string
  placeholder: string
  text: string
  onType: (text: string) => void
}) {
  return (
    <>
      <label className="visually-hidden" htmlFor={id}>
        {label}
      </label>
      <input id={id} placeholder={placeholder} value={text} onChange={(event) => onType(event.target.value)} />
    </>
  )
}

/** Toggle buttons, one of which is pressed: each shows a part of a list, with the number of its items if known. */
export function ChoiceButtons<Value extends string>({
  choices,
  chosen,
  onChoose,
}: {
  choices: readonly (readonly [value: Value, label: string, count: number | string | undefined])[]
  chosen: Value
  onChoose: (value: Value) => void
}) {
  return choices.map(([value, label, count]) => (
    <button key={value} type="button" aria-pressed={chosen === value} onClick={() => onChoose(value)}>
      {label} {count}
    </button>
  ))
}

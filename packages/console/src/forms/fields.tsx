/** The fields of forms: a label, the control, a help text and an error. */
import { ProblemError } from '@ecs-api/client'
import { type ReactNode, useId } from 'react'
import { printableContent } from '../parts/printable-text.tsx'
import { TextWithCode } from '../parts/text-with-code.tsx'
import '../styles/forms.css'

interface FieldProps {
  id: string
  label: ReactNode
  /** A short explanation below the field. */
  help?: ReactNode
  error?: string | undefined
}

function LabelledField({ id, label, help, error, children }: FieldProps & { children: ReactNode }) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children}
      <Notes id={id} help={help} error={error} />
    </div>
  )
}

function Notes({ id, help, error }: Pick<FieldProps, 'id' | 'help' | 'error'>) {
  return (
    <span id={`${id}-notes`} className="notes">
      {help && <span className="muted">{printableContent(help)} </span>}
      {error && (
        <span className="bad" data-fault={error}>
          <TextWithCode text={error} />
        </span>
      )}
    </span>
  )
}

export function TextField({
  value,
  onChange,
  suggestions,
  isMonospace = false,
  placeholder,
  disabled,
  type,
  onFocus,
  ...labelProps
}: FieldProps & {
  value: string
  onChange: (value: string) => void
  /** Values that the browser suggests, such as the names of existing resources. */
  suggestions?: readonly string[]
  isMonospace?: boolean
  placeholder?: string | undefined
  disabled?: boolean
  type?: 'number' | 'date'
  onFocus?: () => void
}) {
  const { id, error } = labelProps
  return (
    <LabelledField {...labelProps}>
      <input
        id={id}
        type={type}
        min={type === 'number' ? 0 : undefined}
        className={isMonospace ? 'mono' : undefined}
        value={value}
        placeholder={placeholder && `such as ${placeholder}`}
        disabled={disabled}
        list={suggestions && `${id}-suggestions`}
        autoComplete="off"
        spellCheck={false}
        aria-describedby={`${id}-notes`}
        aria-invalid={error !== undefined}
        onFocus={onFocus}
        onChange={(event) => onChange(event.target.value)}
      />
      {suggestions && (
        <datalist id={`${id}-suggestions`}>
          {suggestions.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
    </LabelledField>
  )
}

const maxRows = 12
/** The characters in a row of a narrow field: browsers that cannot size a field by its content get enough rows. */
const charactersInRow = 60
const rowsOf = (text: string) =>
  text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / charactersInRow)), 0)

/** A text area that grows with its text. */
export function TextAreaField({
  value,
  onChange,
  placeholder,
  disabled,
  minRows = 3,
  ...labelProps
}: FieldProps & {
  value: string
  onChange: (value: string) => void
  placeholder?: string
  disabled?: boolean
  minRows?: number
}) {
  return (
    <LabelledField {...labelProps}>
      <textarea
        id={labelProps.id}
        className={minRows > 1 ? 'short lines' : 'short'}
        rows={Math.max(minRows, Math.min(maxRows, rowsOf(value)))}
        value={value}
        placeholder={placeholder && `such as ${placeholder}`}
        disabled={disabled}
        spellCheck={false}
        aria-describedby={`${labelProps.id}-notes`}
        aria-invalid={labelProps.error !== undefined}
        onChange={(event) => onChange(event.target.value)}
      />
    </LabelledField>
  )
}

export function SelectField({
  value,
  onChange,
  options,
  disabled,
  ...labelProps
}: FieldProps & {
  value: string
  onChange: (value: string) => void
  options: readonly (readonly [value: string, label: string])[]
  disabled?: boolean
}) {
  return (
    <LabelledField {...labelProps}>
      <select
        id={labelProps.id}
        value={value}
        disabled={disabled}
        aria-describedby={`${labelProps.id}-notes`}
        aria-invalid={labelProps.error !== undefined}
        onChange={(event) => onChange(event.target.value)}
      >
        {options.map(([each, text]) => (
          <option key={each} value={each}>
            {text}
          </option>
        ))}
      </select>
    </LabelledField>
  )
}

export function CheckField({
  label,
  help,
  error,
  checked,
  disabled,
  onChange,
}: Omit<FieldProps, 'id'> & { checked: boolean; disabled?: boolean; onChange: (checked: boolean) => void }) {
  const id = useId()
  return (
    <div className="field">
      <label className="check">
        <input
          type="checkbox"
          checked={checked}
          disabled={disabled}
          aria-describedby={`${id}-notes`}
          aria-invalid={error !== undefined}
          onChange={(event) => onChange(event.target.checked)}
        />
        <span>{label}</span>
      </label>
      <Notes id={id} help={help} error={error} />
    </div>
  )
}

/** A choice of a few values, all of which are visible. */
export function ChoiceField<Value extends string>({
  legend,
  value,
  options,
  onChange,
}: {
  legend: string
  value: Value
  options: readonly (readonly [value: Value, label: string])[]
  onChange: (value: Value) => void
}) {
  const name = useId()
  return (
    <fieldset className="field choice">
      <legend>{legend}</legend>
      {options.map(([each, label]) => (
        <label key={each} className="check">
          <input type="radio" name={name} value={each} checked={value === each} onChange={() => onChange(each)} />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  )
}

/**
 * The messages about one member of the rejected body.
 * @param requestError the error of the request, or the errors of several requests
 * @param pointer the JSON Pointer of the member, such as `/name`; an error about a part of the member counts, too
 */
export function errorAt(requestError: unknown, pointer: string): string | undefined {
  const isWithin = (at: string) => at === pointer || at.startsWith(`${pointer}/`)
  const messages = [requestError]
    .flat()
    .flatMap((error) => (error instanceof ProblemError ? error.errors : []))
    .flatMap((each) => ('pointer' in each && isWithin(String(each.pointer)) ? each.message : []))
  return messages.length === 0 ? undefined : [...new Set(messages)].join(' ')
}

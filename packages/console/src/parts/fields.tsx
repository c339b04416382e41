/** The fields of forms: a label, the control, an explanation or what is wrong. */
import { ProblemError } from '@ecs-api/client'
import { type ReactNode, useId } from 'react'
import { ExternalText, withVisibleText } from './external-text.tsx'

interface FieldProps {
  id: string
  label: ReactNode
  /** When it is needed, and an example. */
  help?: ReactNode
  error?: string | undefined
}

function Frame({ id, label, help, error, children }: FieldProps & { children: ReactNode }) {
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
      {help && <span className="muted">{withVisibleText(help)} </span>}
      {error && (
        <span className="bad">
          <ExternalText text={error} />
        </span>
      )}
    </span>
  )
}

export function TextField({
  value,
  onChange,
  offered,
  isMono = false,
  placeholder,
  disabled,
  type,
  onFocus,
  ...frame
}: FieldProps & {
  value: string
  onChange: (value: string) => void
  /** Names of what exists. */
  offered?: readonly string[]
  isMono?: boolean
  placeholder?: string | undefined
  disabled?: boolean
  type?: 'number'
  onFocus?: () => void
}) {
  const { id, error } = frame
  return (
    <Frame {...frame}>
      <input
        id={id}
        type={type}
        min={type && 0}
        className={isMono ? 'mono' : undefined}
        value={value}
        placeholder={placeholder}
        disabled={disabled}
        list={offered && `${id}-offered`}
        autoComplete="off"
        spellCheck={false}
        aria-describedby={`${id}-notes`}
        aria-invalid={error !== undefined}
        onFocus={onFocus}
        onChange={(event) => onChange(event.target.value)}
      />
      {offered && (
        <datalist id={`${id}-offered`}>
          {offered.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
    </Frame>
  )
}

/** As high as its lines. */
export function TextAreaField({
  value,
  onChange,
  placeholder,
  disabled,
  ...frame
}: FieldProps & {
  value: string
  onChange: (value: string) => void
  placeholder?: string
  disabled?: boolean
}) {
  return (
    <Frame {...frame}>
      <textarea
        id={frame.id}
        className="short"
        rows={Math.max(2, Math.min(12, value.split('\n').length))}
        value={value}
        placeholder={placeholder}
        disabled={disabled}
        spellCheck={false}
        aria-describedby={`${frame.id}-notes`}
        aria-invalid={frame.error !== undefined}
        onChange={(event) => onChange(event.target.value)}
      />
    </Frame>
  )
}

export function SelectField({
  value,
  onChange,
  options,
  disabled,
  ...frame
}: FieldProps & {
  value: string
  onChange: (value: string) => void
  options: readonly (readonly [value: string, label: string])[]
  disabled?: boolean
}) {
  return (
    <Frame {...frame}>
      <select
        id={frame.id}
        value={value}
        disabled={disabled}
        aria-describedby={`${frame.id}-notes`}
        onChange={(event) => onChange(event.target.value)}
      >
        {options.map(([each, text]) => (
          <option key={each} value={each}>
            {text}
          </option>
        ))}
      </select>
    </Frame>
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
          onChange={(event) => onChange(event.target.checked)}
        />
        <span>{label}</span>
      </label>
      <Notes id={id} help={help} error={error} />
    </div>
  )
}

/** The message of a rejection about one member of the body, or about a part of it. @param pointer such as `/name` */
export function errorAt(error: unknown, pointer: string): string | undefined {
  if (!(error instanceof ProblemError)) return undefined
  const isWithin = (at: string) => at === pointer || at.startsWith(`${pointer}/`)
  return error.errors.find((each) => 'pointer' in each && isWithin(String(each.pointer)))?.message
}

/** A JSON document as text. A form beside it edits the same text. */
import { useMemo } from 'react'

export interface JsonDocument<T> {
  text: string
  /** Undefined while the text is no JSON object. */
  value: T | undefined
  /** The reason why it is none. */
  error: string | undefined
}

export const textOf = (value: object) => JSON.stringify(value, null, 2)

export function useDocument<T extends object>(text: string): JsonDocument<T> {
  return useMemo(() => ({ text, value: undefined, error: undefined, ...parsed<T>(text) }), [text])
}

function parsed<T extends object>(text: string): { value: T } | { error: string } {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { value: value as T }
      : { error: 'The document is not an object.' }
  } catch (error) {
    return { error: `The document is not JSON: ${(error as Error).message}` }
  }
}

export function DocumentField({
  id = 'document',
  label,
  help,
  document,
  onChange,
}: {
  id?: string
  label: string
  help?: string
  document: JsonDocument<object>
  onChange: (text: string) => void
}) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        spellCheck={false}
        value={document.text}
        aria-describedby={`${id}-help ${id}-error`}
        onChange={(event) => onChange(event.target.value)}
      />
      <span id={`${id}-help`} className="notes muted">
        {help}
      </span>
      <span id={`${id}-error`} className="error" role="alert">
        {document.error}
      </span>
    </div>
  )
}

/**
 * A text field for a part of a document. While the typed text has the same meaning as the document's value, the field
 * keeps the text as typed. When another field changes the document, the field shows the new value.
 */
import { type ComponentProps, useState } from 'react'
import { TextAreaField, TextField } from './fields.tsx'

interface LinkedFieldProps<T> {
  value: T
  format: (value: T) => string
  /** Accepts every text: the plan reports an invalid value. */
  parse: (text: string) => T
  onChange: (value: T) => void
  /** Describes a mistake in a text that can be parsed but probably does not mean what the person intends. */
  check?: (text: string) => string | undefined
}

export const isSameJson = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** @returns the text to show, and the function to call with the typed text */
function useLinkedText<T>({ value, format, parse, onChange }: LinkedFieldProps<T>): [string, (text: string) => void] {
  const [typed, setTyped] = useState(() => format(value))
  const shown = isSameJson(parse(typed), value) ? typed : format(value)
  return [
    shown,
    (text) => {
      setTyped(text)
      onChange(parse(text))
    },
  ]
}

export function LinkedField<T>({
  value,
  format,
  parse,
  onChange,
  check,
  error,
  ...field
}: LinkedFieldProps<T> & Omit<ComponentProps<typeof TextField>, 'value' | 'onChange'>) {
  const [text, setText] = useLinkedText({ value, format, parse, onChange })
  return <TextField {...field} error={check?.(text) ?? error} value={text} onChange={setText} />
}

/** A linked field of several lines. */
export function LinkedArea<T>({
  value,
  format,
  parse,
  onChange,
  check,
  error,
  ...field
}: LinkedFieldProps<T> & Omit<ComponentProps<typeof TextAreaField>, 'value' | 'onChange'>) {
  const [text, setText] = useLinkedText({ value, format, parse, onChange })
  return <TextAreaField {...field} error={check?.(text) ?? error} value={text} onChange={setText} />
}

/** The words of a text, separated by commas or spaces. */
export const wordsIn = (text: string) => text.split(/[\s,]+/).filter((word) => word !== '')
export const joinedWords = (words: unknown) => (Array.isArray(words) ? words : []).join(', ')

/** A whole number as a number; any other text unchanged. */
export const numberOrText = (text: string): number | string => (/^\d+$/.test(text.trim()) ? Number(text) : text.trim())

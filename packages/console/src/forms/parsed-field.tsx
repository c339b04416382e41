/**
 * A text field whose text is parsed into a value of a document. The field keeps the text as typed while the text parses
 * to the value of the document. When another field changes the document, the field shows the new value.
 */
import { type ComponentProps, useState } from 'react'
import { TextAreaField, TextField } from './fields.tsx'

interface ParsedFieldProps<T> {
  value: T
  format: (value: T) => string
  /** Accepts every text: the plan reports an invalid value. */
  parse: (text: string) => T
  onChange: (value: T) => void
  /** Describes a mistake in a text that can be parsed but probably does not mean what the person intends. */
  describeMistake?: (text: string) => string | undefined
}

export const isSameJson = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** @returns the text to show, and the function to call with the typed text */
function useParsedText<T>({ value, format, parse, onChange }: ParsedFieldProps<T>): [string, (text: string) => void] {
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

export function ParsedTextField<T>({
  value,
  format,
  parse,
  onChange,
  describeMistake,
  error,
  ...field
}: ParsedFieldProps<T> & Omit<ComponentProps<typeof TextField>, 'value' | 'onChange'>) {
  const [text, setText] = useParsedText({ value, format, parse, onChange })
  return <TextField {...field} error={describeMistake?.(text) ?? error} value={text} onChange={setText} />
}

/** A parsed field of several lines. */
export function ParsedTextArea<T>({
  value,
  format,
  parse,
  onChange,
  describeMistake,
  error,
  ...field
}: ParsedFieldProps<T> & Omit<ComponentProps<typeof TextAreaField>, 'value' | 'onChange'>) {
  const [text, setText] = useParsedText({ value, format, parse, onChange })
  return <TextAreaField {...field} error={describeMistake?.(text) ?? error} value={text} onChange={setText} />
}

/** Splits a text at commas and spaces. */
export const splitIntoWords = (text: string) => text.split(/[\s,]+/).filter((word) => word !== '')
export const joinWithCommas = (words: unknown) => (Array.isArray(words) ? words : []).join(', ')

/** A whole number as a number; any other text unchanged. */
export const numberOrText = (text: string): number | string => (/^\d+$/.test(text.trim()) ? Number(text) : text.trim())

/**
 * A field whose value is a part of a document. Its text stays as it was typed while it means that value, and follows the
 * document where another field changes it.
 */
import { type ComponentProps, useState } from 'react'
import { TextAreaField, TextField } from './fields.tsx'

interface Linked<T> {
  value: T
  format: (value: T) => string
  /** Takes every text: the plan names what is wrong with it. */
  parse: (text: string) => T
  onChange: (value: T) => void
  /** The fault of a text that means another value than a person intends. */
  check?: (text: string) => string | undefined
}

export const isSameJson = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** @returns the text to show, and the function that takes what is typed */
function useLinkedText<T>({ value, format, parse, onChange }: Linked<T>): [string, (text: string) => void] {
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
}: Linked<T> & Omit<ComponentProps<typeof TextField>, 'value' | 'onChange'>) {
  const [text, setText] = useLinkedText({ value, format, parse, onChange })
  return <TextField {...field} error={check?.(text) ?? error} value={text} onChange={setText} />
}

/** Several lines. */
export function LinkedArea<T>({
  value,
  format,
  parse,
  onChange,
  check,
  error,
  ...field
}: Linked<T> & Omit<ComponentProps<typeof TextAreaField>, 'value' | 'onChange'>) {
  const [text, setText] = useLinkedText({ value, format, parse, onChange })
  return <TextAreaField {...field} error={check?.(text) ?? error} value={text} onChange={setText} />
}

/** Words between commas or spaces. */
export const wordsIn = (text: string) => text.split(/[\s,]+/).filter((word) => word !== '')
export const joined = (words: unknown) => (Array.isArray(words) ? words : []).join(', ')

/** A whole number; any other text as it is. */
export const numberIn = (text: string): number | string => (/^\d+$/.test(text.trim()) ? Number(text) : text.trim())

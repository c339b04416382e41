/** A document as text, JSON or YAML. A form beside it edits the same text. */
import { useMemo, useSyncExternalStore } from 'react'

export interface TextDocument<T> {
  text: string
  /** Undefined while the text is no object. */
  value: T | undefined
  /** The reason why it is none. */
  error: string | undefined
  /** The text of another value, in the language of this one. */
  textWith: (next: T) => string
}

export const textOf = (value: object) => JSON.stringify(value, null, 2)

type Yaml = typeof import('yaml')
let yaml: Yaml | undefined
let loading: Promise<void> | undefined
const listeners = new Set<() => void>()

const loadedYaml = {
  get: () => yaml,
  subscribe: (listener: () => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
}

/** Only a text that is no JSON needs the parser. */
function loadYaml(): void {
  loading ??= import('yaml').then((module) => {
    yaml = module
    for (const listener of listeners) listener()
  })
  loading.catch(() => {
    loading = undefined
  })
}

/** A text that begins as JSON has JSON's errors. */
const isYaml = (text: string) => !/^\s*[{[]/.test(text)

export function useDocument<T extends object>(text: string): TextDocument<T> {
  const parser = useSyncExternalStore(loadedYaml.subscribe, loadedYaml.get)
  return useMemo(
    () => ({
      text,
      value: undefined,
      error: undefined,
      ...parsed<T>(text, parser),
      textWith: (next) => (isYaml(text) && parser ? parser.stringify(next) : textOf(next)),
    }),
    [text, parser],
  )
}

function parsed<T extends object>(text: string, parser: Yaml | undefined): { value: T } | { error: string } {
  if (isYaml(text) && !parser) {
    loadYaml()
    return { error: 'The parser for YAML is being loaded.' }
  }
  try {
    const value: unknown = isYaml(text) && parser ? parser.parse(text) : JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { value: value as T }
      : { error: 'The document is not an object.' }
  } catch (error) {
    const [reason] = (error as Error).message.split('\n')
    return { error: `The document is not ${isYaml(text) ? 'YAML' : 'JSON'}: ${reason}` }
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
  document: Pick<TextDocument<object>, 'text' | 'error'>
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

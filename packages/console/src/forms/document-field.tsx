/** A document as JSON or YAML text in a text area. A form beside it can edit the same text. */
import { useMemo, useState, useSyncExternalStore } from 'react'

export interface TextDocument<T> {
  text: string
  /** The parsed text; undefined while the text is not an object. */
  value: T | undefined
  /** For a form beside the text: `value`, or the last valid value while the text is invalid. */
  formValue: T | undefined
  /** Why `value` is undefined. */
  error: string | undefined
  /** Writes another value as text, in the language of `text` (JSON or YAML). */
  textWith: (next: T) => string
}

export const jsonText = (value: object) => JSON.stringify(value, null, 2)

type Yaml = typeof import('yaml')
let yaml: Yaml | undefined
let loading: Promise<void> | undefined
const listeners = new Set<() => void>()

const yamlParserStore = {
  get: () => yaml,
  subscribe: (listener: () => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
}

/** Loads the YAML parser, which JSON texts do not need. */
function loadYaml(): void {
  loading ??= import('yaml').then((module) => {
    yaml = module
    for (const listener of listeners) listener()
  })
  loading.catch(() => {
    loading = undefined
  })
}

/** JSON is also YAML, but a text that begins as JSON is parsed as JSON, so that its errors are those of JSON. */
const isYaml = (text: string) => !/^\s*[{[]/.test(text)

export function useDocument<T extends object>(text: string): TextDocument<T> {
  const parser = useSyncExternalStore(yamlParserStore.subscribe, yamlParserStore.get)
  const parsed = useMemo(() => {
    const result: { value?: T; error?: string } = parseDocument<T>(text, parser)
    return {
      text,
      value: result.value,
      error: result.error,
      textWith: (next: T) => (isYaml(text) && parser ? parser.stringify(next) : jsonText(next)),
    }
  }, [text, parser])
  const [lastValue, setLastValue] = useState(parsed.value)
  if (parsed.value !== undefined && parsed.value !== lastValue) setLastValue(parsed.value)
  return { ...parsed, formValue: parsed.value ?? lastValue }
}

function parseDocument<T extends object>(text: string, parser: Yaml | undefined): { value: T } | { error: string } {
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

/** A document as JSON or YAML text, its value, and its faults. */
import { useMemo, useState, useSyncExternalStore } from 'react'

export interface TextDocument<T> {
  text: string
  /** The parsed text; undefined while the text is not an object. */
  value: T | undefined
  /** For a form beside the text: `value`, or the last valid value while the text is invalid. */
  formValue: T | undefined
  /** Why `value` is undefined. */
  faults: readonly TextFault[]
  /** Writes another value as text, in the language of `text` (JSON or YAML). */
  textWith: (next: T) => string
}

interface TextFault {
  message: string
  /** The offset of the fault in the text; undefined where the parser does not say it. */
  offset?: number | undefined
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

/** Loads the YAML parser: for YAML texts, and for the places that JSON Pointers name in a text. */
export function loadYaml(): void {
  loading ??= import('yaml').then((module) => {
    yaml = module
    for (const listener of listeners) listener()
  })
  loading.catch(() => {
    loading = undefined
  })
}

/** The YAML parser; undefined until `loadYaml` has loaded it. */
export const useYaml = () => useSyncExternalStore(yamlParserStore.subscribe, yamlParserStore.get)

/** JSON is also YAML, but a text that begins as JSON is parsed as JSON, so that its errors are those of JSON. */
export const isYaml = (text: string) => !/^\s*[{[]/.test(text)

export function useDocument<T extends object>(text: string): TextDocument<T> {
  const parser = useYaml()
  const parsed = useMemo(() => {
    const result: { value?: T; faults?: readonly TextFault[] } = parseText<T>(text, parser)
    return {
      text,
      value: result.value,
      faults: result.faults ?? [],
      textWith: (next: T) => (isYaml(text) && parser ? parser.stringify(next) : jsonText(next)),
    }
  }, [text, parser])
  const [lastValue, setLastValue] = useState(parsed.value)
  if (parsed.value !== undefined && parsed.value !== lastValue) setLastValue(parsed.value)
  return { ...parsed, formValue: parsed.value ?? lastValue }
}

function parseText<T extends object>(
  text: string,
  parser: Yaml | undefined,
): { value: T } | { faults: readonly TextFault[] } {
  if (isYaml(text) && !parser) {
    loadYaml()
    return { faults: [{ message: 'The parser for YAML is being loaded.' }] }
  }
  try {
    const { value, faults }: { value?: unknown; faults?: readonly TextFault[] } =
      isYaml(text) && parser ? parseYaml(text, parser) : { value: JSON.parse(text) }
    if (faults) return { faults }
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { value: value as T }
      : { faults: [{ message: 'The document is not an object.' }] }
  } catch (error) {
    const { message } = error as Error
    return { faults: [isYaml(text) ? { message: `The document is not YAML: ${message}` } : jsonFault(message)] }
  }
}

function parseYaml(text: string, { parseDocument }: Yaml): { value: unknown } | { faults: readonly TextFault[] } {
  const document = parseDocument(text, { prettyErrors: false })
  if (document.errors.length === 0) return { value: document.toJS() as unknown }
  return {
    faults: document.errors.map(({ message, pos: [offset] }, i) => ({
      message: i === 0 ? `The document is not YAML: ${message}` : message,
      offset,
    })),
  }
}

/** The fault of a message of `JSON.parse`, without the part of the text and the place that browsers add to it. */
function jsonFault(message: string): TextFault {
  const [, offset] = /\bat position (\d+)/.exec(message) ?? []
  const reason = message
    .replace(/^JSON\.parse: /, '')
    .replace(/, (\.{3})?"[\s\S]*"(\.{3})? is not valid JSON$/, '')
    .replace(/( in JSON)? at (position|line) [\s\S]*$/, '')
  return { message: `The document is not JSON: ${reason}`, ...(offset !== undefined && { offset: Number(offset) }) }
}

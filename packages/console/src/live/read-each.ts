/** Reads a value for each of several keys, such as the plan of each of several requests, a few at a time. */
import { useEffect, useRef, useState } from 'react'
import { forEachWithLimit } from './for-each-with-limit.ts'

type Result<Value> = { value: Value; error?: undefined } | { value?: undefined; error: unknown }

export interface Results<Value> {
  /** The result of a key; undefined while it is being read. */
  resultOf: (key: string) => Result<Value> | undefined
  pendingCount: number
  hasErrors: boolean
  /** Reads the keys again that ended with an error. */
  retryFailed: () => void
}

/**
 * @param keys a key that is in the previous keys, too, keeps its result
 * @param delayMs how long changed keys have to stay the same before they are read, such as while a person types
 */
export function useReadEach<Value>(
  keys: readonly string[],
  read: (key: string, signal: AbortSignal) => Promise<Value>,
  delayMs = 0,
): Results<Value> {
  const [results, setResults] = useState<ReadonlyMap<string, Result<Value>>>(new Map())
  const [attempt, setAttempt] = useState(0)
  const latest = useRef({ read, results })
  latest.current = { read, results }
  const isFirst = useRef(true)
  const text = JSON.stringify(keys)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a further attempt reads what failed
  useEffect(() => {
    const abort = new AbortController()
    const { signal } = abort
    const wanted = JSON.parse(text) as string[]
    const start = () => {
      const known = latest.current.results
      setResults(
        new Map(wanted.flatMap((key) => (known.get(key)?.value === undefined ? [] : [[key, known.get(key)!]]))),
      )
      const missing = wanted.filter((key) => known.get(key)?.value === undefined)
      const readOne = async (key: string) => {
        const result = await latest.current.read(key, signal).then(
          (value) => ({ value }),
          (error: unknown) => ({ error }),
        )
        if (!signal.aborted) setResults((before) => new Map(before).set(key, result))
      }
      void forEachWithLimit(missing, readOne, signal)
    }
    const timer = setTimeout(start, isFirst.current ? 0 : delayMs)
    isFirst.current = false
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [text, delayMs, attempt])
  const current = keys.map((key) => results.get(key))
  return {
    resultOf: (key) => results.get(key),
    pendingCount: current.filter((result) => result === undefined).length,
    hasErrors: current.some((result) => result?.error !== undefined),
    retryFailed: () => setAttempt(attempt + 1),
  }
}

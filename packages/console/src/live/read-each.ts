/** Results for each of several keys, such as the plan of each of several requests. They are read a few at a time. */
import { useEffect, useRef, useState } from 'react'
import { aFewAtATime } from './a-few-at-a-time.ts'

type Result<Value> = { value: Value; error?: undefined } | { value?: undefined; error: unknown }

export interface Results<Value> {
  /** Undefined while it is being read. */
  of: (key: string) => Result<Value> | undefined
  pendingCount: number
  hasErrors: boolean
  /** Reads those again that ended with an error. */
  readFailedAgain: () => void
}

/**
 * @param keys a key that stays keeps its result
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
      void aFewAtATime(missing, readOne, signal)
    }
    const timer = setTimeout(start, isFirst.current ? 0 : delayMs)
    isFirst.current = false
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [text, delayMs, attempt])
  const found = keys.map((key) => results.get(key))
  return {
    of: (key) => results.get(key),
    pendingCount: found.filter((result) => result === undefined).length,
    hasErrors: found.some((result) => result?.error !== undefined),
    readFailedAgain: () => setAttempt(attempt + 1),
  }
}

import type { Ids } from '../ids.ts'

/** Ids that count up from 1, so that a test can name them beforehand. */
export function sequentialIds(): Ids {
  let last = 0
  const next = (length: number, radix: number) => (++last).toString(radix).padStart(length, '0')
  return {
    hex: (length) => next(length, 16),
    digits: (length) => next(length, 10),
    urlSafe: (length) => next(length, 36),
    uuid: () => `00000000-0000-4000-8000-${next(12, 16)}`,
  }
}

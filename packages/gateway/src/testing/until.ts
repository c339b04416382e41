import { inspect } from 'node:util'

const maxMs = 60_000
const pauseMs = 5
// A test may mock the timers after it has loaded this file.
const { setTimeout } = globalThis

/**
 * Reads again and again until the value is the expected one. Use it only where no event tells of the change.
 * @throws Error with the last value after a minute, so that a failing test ends
 */
export async function until<T>(
  read: () => T | Promise<T>,
  isExpected: (value: T) => boolean = (value) => value === true,
): Promise<T> {
  const deadline = performance.now() + maxMs
  for (;;) {
    const value = await read()
    if (isExpected(value)) return value
    if (performance.now() > deadline)
      throw new Error(`The expected value did not come within ${maxMs / 1000} s; the last one was ${inspect(value)}`)
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}

/** Random choices that a seed reproduces (mulberry32, by Tommy Ettinger). */

export interface Random {
  /** A whole number from 0 up to, not including, `bound`. */
  below: (bound: number) => number
  /** True once in `times` calls, on average. */
  oneIn: (times: number) => boolean
  pick: <T>(choices: readonly T[]) => T
  bytes: (length: number) => Buffer
}

export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (bound: number) => Math.floor(next() * bound)
  return {
    below,
    oneIn: (times) => below(times) === 0,
    pick: (choices) => choices[below(choices.length)]!,
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
  }
}

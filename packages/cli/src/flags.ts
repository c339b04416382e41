/** The values of a command's flags, by their long names. */
import { UsageError } from './errors.ts'

export class Flags {
  readonly #values: Readonly<Record<string, unknown>>

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values
  }

  #find(name: string): unknown {
    return this.#values[name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())]
  }

  text(name: string): string | undefined {
    const value = this.#find(name)
    return typeof value === 'string' ? value : undefined
  }

  integer(name: string): number | undefined {
    const value = this.#find(name)
    return typeof value === 'number' ? value : undefined
  }

  list(name: string): readonly string[] {
    const value = this.#find(name)
    return Array.isArray(value) ? value : []
  }

  isSet(name: string): boolean {
    return this.#find(name) === true
  }

  /** Seconds of a duration such as `90`, `90s`, `15m` or `2h`. @throws UsageError */
  seconds(name: string): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const [, count, unit] = /^(\d+)([smh]?)$/.exec(text) ?? []
    if (count === undefined) throw new UsageError(`--${name}: "${text}" is not a duration: give 90s, 15m or 2h.`)
    return Number(count) * { '': 1, s: 1, m: 60, h: 3600 }[unit as '' | 's' | 'm' | 'h']
  }
}

/** The values of a command's flags, by their long names. */

/** Seconds of a duration such as `90`, `90s`, `15m` or `2h`; undefined for another text. */
export function secondsOfDuration(text: string): number | undefined {
  const [, count, unit] = /^(\d+)([smh]?)$/.exec(text) ?? []
  return count === undefined ? undefined : Number(count) * { '': 1, s: 1, m: 60, h: 3600 }[unit as '' | 's' | 'm' | 'h']
}

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

  /** Seconds of a flag with the value `<duration>`, which was checked when it was parsed. */
  seconds(name: string): number | undefined {
    const text = this.text(name)
    return text === undefined ? undefined : secondsOfDuration(text)
  }
}

/** A selector of members of a JSON event, such as `$.user.names[0]`. `*` selects any member or item. */
import { invalidParameter } from './log-context.ts'

export type Selector = readonly (string | number | typeof ANY)[]

const ANY = Symbol('any')

/**
 * Reads the selector at the beginning of the text.
 * @throws AwsError InvalidParameterException.
 */
export function parseSelector(text: string): { selector: Selector; length: number } {
  const steps: (string | number | typeof ANY)[] = []
  let length = 1
  if (!text.startsWith('$')) throw invalidParameter('Invalid filter pattern')
  for (;;) {
    const [whole, name, index, quoted] = /^(?:\.?\[(?:'([^']*)'|"([^"]*)")\])/.exec(text.slice(length))
      ? quotedMemberAt(text.slice(length))
      : (/^(?:\.([\p{L}\p{N}_\-@:#/]+|\*)|\[(\d+|\*)\])/u.exec(text.slice(length)) ?? [])
    if (whole === undefined) break
    length += whole.length
    if (quoted !== undefined) steps.push(quoted)
    else if (name === '*' || index === '*') steps.push(ANY)
    else steps.push(name ?? Number(index))
  }
  if (steps.length === 0) throw invalidParameter('Invalid filter pattern')
  return { selector: steps, length }
}

function quotedMemberAt(text: string): [whole: string, name: undefined, index: undefined, quoted: string] {
  const [whole = '', single, double] = /^\.?\[(?:'([^']*)'|"([^"]*)")\]/.exec(text) ?? []
  return [whole, undefined, undefined, single ?? double ?? '']
}

/** The selected values. The list is empty when a member does not exist; only `*` can select more than one. */
export function valuesAt(event: unknown, selector: Selector): unknown[] {
  return selector.reduce<unknown[]>((values, step) => values.flatMap((value) => childrenOf(value, step)), [event])
}

function childrenOf(value: unknown, step: string | number | typeof ANY): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  if (step === ANY) return Object.values(value)
  if (typeof step === 'number') return Array.isArray(value) && step < value.length ? [value[step]] : []
  return !Array.isArray(value) && Object.hasOwn(value, step) ? [(value as Record<string, unknown>)[step]] : []
}

/** The members of a resource as labelled lines, for tables that a person reads. */
import { commandText, pairsOf } from '../forms/container-values.ts'
import { fieldLabelOf } from '../forms/field-label.ts'
import { isEmptyValue, isMap, memberLabel, oneLineText } from './words.ts'

export interface FactRow {
  label: string
  lines: readonly string[]
  /** Text of the resource itself, such as a command or an ARN. */
  isCode?: boolean
}

export interface FactGroup {
  title: string
  /** The page of the resource. */
  href?: string
  rows: readonly FactRow[]
}

/** Makes the row of one member from its value; undefined for an empty value. */
export type RowBuilder = (value: unknown) => FactRow | undefined

const linesOf = (value: unknown) => (Array.isArray(value) ? value.map(oneLineText) : [oneLineText(value)])

export const textRow =
  (label: string): RowBuilder =>
  (value) =>
    isEmptyValue(value) ? undefined : { label, lines: linesOf(value) }

/** A row whose value is code, such as an ARN. */
export const codeRow =
  (label: string): RowBuilder =>
  (value) =>
    isEmptyValue(value) ? undefined : { label, lines: linesOf(value), isCode: true }

/** A list of words, such as a command. The gateway hides it as a whole. */
export const commandRow =
  (label: string): RowBuilder =>
  (value) =>
    isEmptyValue(value)
      ? undefined
      : { label, lines: [Array.isArray(value) ? commandText(value) : String(value)], isCode: true }

/** Names with values, one in a line. */
export const pairsRow =
  (label: string, member: 'value' | 'valueFrom' = 'value'): RowBuilder =>
  (value) => {
    if (typeof value === 'string') return codeRow(label)(value)
    const lines = Object.entries(pairsOf(value, member)).map(([name, text]) => `${name}=${text}`)
    return lines.length === 0 ? undefined : { label, lines, isCode: true }
  }

/**
 * The rows of members without a row of their own. A member that is a map has a row for each of its members.
 * @param path the member names that lead to the value
 */
function otherRows(value: unknown, path: readonly string[]): FactRow[] {
  if (isEmptyValue(value)) return []
  if (isMap(value)) return Object.entries(value).flatMap(([name, member]) => otherRows(member, [...path, name]))
  const label = fieldLabelOf(`/${path.join('/')}`) ?? path.map(memberLabel).join(': ')
  return [{ label, lines: linesOf(value) }]
}

/**
 * The rows of a resource: first the members with a row of their own, in the order of `rows`, then all others.
 * @param omitted members that another part of the page shows
 */
export function rowsOfMembers(
  resource: Record<string, unknown>,
  rows: Readonly<Record<string, RowBuilder>>,
  omitted: ReadonlySet<string> = new Set(),
): FactRow[] {
  const ownRows = Object.entries(rows).flatMap(([name, rowOf]) => rowOf(resource[name]) ?? [])
  const others = Object.entries(resource).filter(([name]) => !(name in rows) && !omitted.has(name))
  return [...ownRows, ...others.flatMap(([name, value]) => otherRows(value, [name]))]
}

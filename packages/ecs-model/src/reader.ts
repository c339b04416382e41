/**
 * Reads a client's JSON into an input of ECS.
 *
 * It accepts ECS's own form, numbers and sizes written as text, and the forms of a `ClientForms`. Anything else is a
 * fault. All faults are collected, each with the JSON Pointer (RFC 6901) of its place in the client's JSON.
 */
import { escapePointerSegment, ValueOrigins } from './json-pointer.ts'
import { LimitedSuggestions } from './nearest-name.ts'
import { isQuantity, readQuantity, validQuantities } from './quantities.ts'
import type { Path } from './rules/rule.ts'
import type { Member, Shape, StructureShape } from './service-model.ts'

/** Another form in which a client may write a member. */
export interface Shorthand {
  /** The path of the member within the same structure. */
  memberPath: readonly string[]
  /** Converts the shorthand's value into the member's value. Absent when both have the same form. */
  expand?: (value: unknown, pointer: string, report: Report) => unknown
  /** Set for a word that only responses have. A client may send a response back with it; errors do not suggest it. */
  onlyInResponses?: true
}

/** The forms that a client may write besides ECS's own. */
export interface ClientForms {
  /** By name of the structure, then by the client's word. */
  shorthands: Readonly<Record<string, Readonly<Record<string, Shorthand>>>>
  /** Members that may be a map (`{"name": "value"}`) where ECS has a list of pairs. */
  pairs: ReadonlySet<string>
  /** By name of the structure: members that only responses have. They are dropped without a fault. */
  responseOnly: Readonly<Record<string, ReadonlySet<string>>>
}

export interface ReadingFault {
  pointer: string
  message: string
}

export type Report = (pointer: string, message: string) => void

/** The result of reading. */
export interface InputWithFaults {
  /** The input in ECS's own form, without the values that have faults. */
  value: Record<string, unknown>
  faults: ReadingFault[]
  /**
   * The JSON Pointer of the client's value that became the value at `path`. For a value that the client did not write:
   * the pointer of the place where it would be.
   */
  pointerTo(path: Path): string
}

/** The meaning of `null`: the member is missing (POST, PUT), or its stored value is removed (JSON Merge Patch). */
export type NullMeaning = 'not given' | 'remove'

/**
 * Reads a body as this structure.
 * @param options `at` is the pointer of the body when it is part of another body; `suggestions` are shared by all parts
 * of a request
 */
export function readInput(
  shape: StructureShape,
  body: unknown,
  forms: ClientForms,
  { nulls = 'not given' as NullMeaning, at = '', suggestions = new LimitedSuggestions() } = {},
): InputWithFaults {
  const faults: ReadingFault[] = []
  const origins = new ValueOrigins(at)
  const report: Report = (pointer, message) => {
    faults.push({ pointer, message })
  }
  const reader = new Reader(forms, nulls, origins, report, suggestions)
  const value = isObject(body) ? reader.readStructure(shape, body, at, []) : {}
  if (!isObject(body)) report(at, `${kindOf(body)} where an object is expected`)
  return { value, faults, pointerTo: (path) => origins.pointerTo(path) }
}

/** A list of pairs that a patch has as a map: only the named pairs change, and null removes a pair. */
export class PairsPatch {
  readonly entries: ReadonlyMap<string, unknown>
  constructor(entries: ReadonlyMap<string, unknown>) {
    this.entries = entries
  }
}

class Reader {
  readonly #forms: ClientForms
  readonly #nulls: NullMeaning
  readonly #origins: ValueOrigins
  readonly #report: Report
  readonly #suggestions: LimitedSuggestions

  constructor(
    forms: ClientForms,
    nulls: NullMeaning,
    origins: ValueOrigins,
    report: Report,
    suggestions: LimitedSuggestions,
  ) {
    this.#forms = forms
    this.#nulls = nulls
    this.#origins = origins
    this.#report = report
    this.#suggestions = suggestions
  }

  readStructure(
    shape: StructureShape,
    given: Record<string, unknown>,
    pointer: string,
    path: Path,
  ): Record<string, unknown> {
    const result: Record<string, unknown> = {}
    const shorthands = this.#forms.shorthands[shape.name] ?? {}
    for (const [word, value] of Object.entries(given)) {
      const memberPointer = `${pointer}/${escapePointerSegment(word)}`
      const member = shape.members.get(word)
      const shorthand = Object.hasOwn(shorthands, word) ? shorthands[word] : undefined
      if (!member && !shorthand) {
        if (!this.#forms.responseOnly[shape.name]?.has(word))
          this.#reportUnknownMember(word, memberPointer, shape, shorthands)
        continue
      }
      if (value === undefined || (value === null && this.#nulls === 'not given')) continue
      if (member) this.#place(result, shape, [word], value, memberPointer, path)
      else if (shorthand) this.#placeShorthand(result, shape, shorthand, value, memberPointer, path)
    }
    return result
  }

  #placeShorthand(
    result: Record<string, unknown>,
    shape: StructureShape,
    { memberPath, expand }: Shorthand,
    value: unknown,
    pointer: string,
    path: Path,
  ): void {
    let isValid = true
    const expanded =
      expand && value !== null
        ? expand(value, pointer, (faultPointer, message) => {
            isValid = false
            this.#report(faultPointer, message)
          })
        : value
    if (!isValid || expanded === undefined) return
    if (expand) this.#origins.addShorthand([...path, ...memberPath])
    this.#place(result, shape, memberPath, expanded, pointer, path)
  }

  /** Stores the value of a member at its path in the structure, which may be deeper than where the client wrote it. */
  #place(
    target: Record<string, unknown>,
    shape: StructureShape,
    pathInShape: readonly string[],
    value: unknown,
    pointer: string,
    path: Path,
  ): void {
    const [memberName, ...deeper] = pathInShape
    const member = memberName === undefined ? undefined : shape.members.get(memberName)
    if (!member) throw new Error(`${shape.name} has no member ${memberName}`)
    const memberPath = [...path, member.name]
    if (deeper.length > 0 && member.shape.kind === 'structure') {
      const inner = target[member.name] === undefined ? {} : target[member.name]
      target[member.name] = inner
      if (inner === null)
        this.#report(pointer, `${member.name} is given twice: here and at ${this.#origins.get(memberPath) ?? pointer}`)
      if (isObject(inner)) this.#place(inner, member.shape, deeper, value, pointer, memberPath)
      return
    }
    const earlierPointer = this.#origins.get(memberPath)
    if (
      target[member.name] !== undefined &&
      isObject(target[member.name]) &&
      member.shape.kind === 'structure' &&
      isObject(value) &&
      earlierPointer === undefined
    ) {
      // Shorthands have already filled some members. One that this value contains too is a duplicate.
      const read = this.readStructure(member.shape, value, pointer, memberPath)
      this.#merge(target[member.name] as Record<string, unknown>, read, pointer, memberPath)
      return
    }
    if (target[member.name] !== undefined) {
      this.#report(pointer, `${member.name} is given twice: here and at ${earlierPointer ?? pointer}`)
      return
    }
    this.#origins.add(memberPath, pointer)
    const result = this.#readValue(member, member.shape, value, pointer, memberPath)
    if (result !== undefined) target[member.name] = result
  }

  #merge(target: Record<string, unknown>, read: Record<string, unknown>, pointer: string, path: Path): void {
    for (const [word, value] of Object.entries(read)) {
      const existing = target[word]
      if (existing === undefined) target[word] = value
      else if (isObject(existing) && isObject(value))
        this.#merge(existing, value, `${pointer}/${escapePointerSegment(word)}`, [...path, word])
      else this.#report(`${pointer}/${escapePointerSegment(word)}`, `${word} is given twice, in two forms`)
    }
  }

  #readValue(member: Member, shape: Shape, value: unknown, pointer: string, path: Path): unknown {
    if (value === null) return this.#nulls === 'remove' ? null : undefined
    switch (shape.kind) {
      case 'structure':
        if (!isObject(value)) return this.#reportMismatch(value, 'an object', pointer)
        return this.readStructure(shape, value, pointer, path)
      case 'list':
        if (isObject(value) && this.#forms.pairs.has(member.name) && shape.of.kind === 'structure')
          return this.#readPairs(shape.of, value, pointer, path)
        if (!Array.isArray(value))
          return this.#reportMismatch(
            value,
            this.#forms.pairs.has(member.name) ? 'a map or a list of pairs' : 'a list',
            pointer,
          )
        return this.#readList(member, shape.of, value, pointer, path)
      case 'map':
        if (!isObject(value)) return this.#reportMismatch(value, 'a map', pointer)
        return this.#readMap(member, shape.of, value, pointer, path)
      case 'boolean':
        return typeof value === 'boolean' ? value : this.#reportMismatchedFigure(value, 'true or false', pointer)
      case 'integer':
      case 'double':
        return this.#readNumber(member, shape.kind, value, pointer)
      case 'timestamp':
        return this.#readTimestamp(value, pointer)
      case 'document':
        return value
      case 'string':
        if (isQuantity(member)) return this.#readQuantity(member, value, pointer)
        return typeof value === 'string' ? value : this.#reportMismatch(value, 'a string', pointer)
      case 'blob':
        return typeof value === 'string' ? value : this.#reportMismatch(value, 'a string (base64)', pointer)
    }
  }

  #readList(member: Member, of: Shape, value: unknown[], pointer: string, path: Path): unknown[] {
    const items: unknown[] = []
    const names = new Set<unknown>()
    const pairKey = this.#forms.pairs.has(member.name) && of.kind === 'structure' ? keyAndValueNames(of)[0] : undefined
    value.forEach((item, i) => {
      const itemPointer = `${pointer}/${i}`
      if (item === null || item === undefined) {
        this.#report(itemPointer, 'null in a list')
        return
      }
      this.#origins.add([...path, items.length], itemPointer)
      const read = this.#readValue(member, of, item, itemPointer, [...path, items.length])
      if (read === undefined) return
      const name = pairKey && isObject(read) ? read[pairKey] : undefined
      if (name !== undefined && names.has(name)) this.#report(itemPointer, `${name} is given twice in ${member.name}`)
      names.add(name)
      items.push(read)
    })
    return items
  }

  #readPairs(of: StructureShape, value: Record<string, unknown>, pointer: string, path: Path): unknown {
    const [nameMember, valueMember] = keyAndValueNames(of)
    const shape = of.members.get(valueMember)!
    const entries: [string, unknown][] = []
    for (const [name, item] of Object.entries(value)) {
      const itemPointer = `${pointer}/${escapePointerSegment(name)}`
      if (item === null && this.#nulls === 'not given') continue
      this.#origins.add([...path, entries.length], itemPointer)
      const read = this.#readValue(shape, shape.shape, item, itemPointer, [...path, entries.length, valueMember])
      this.#origins.add([...path, entries.length, valueMember], itemPointer)
      if (read !== undefined) entries.push([name, read])
    }
    if (this.#nulls === 'remove') return new PairsPatch(new Map(entries))
    return entries.map(([name, item]) => ({ [nameMember]: name, [valueMember]: item }))
  }

  #readMap(
    member: Member,
    of: Shape,
    value: Record<string, unknown>,
    pointer: string,
    path: Path,
  ): Record<string, unknown> {
    const entries: [string, unknown][] = []
    for (const [name, item] of Object.entries(value)) {
      const itemPointer = `${pointer}/${escapePointerSegment(name)}`
      this.#origins.add([...path, name], itemPointer)
      const read = this.#readValue(member, of, item, itemPointer, [...path, name])
      if (read !== undefined) entries.push([name, read])
    }
    return Object.fromEntries(entries)
  }

  #readNumber(member: Member, kind: 'integer' | 'double', value: unknown, pointer: string): number | undefined {
    if (isQuantity(member)) {
      const amount = readQuantity(member, value)
      return amount === undefined ? this.#reportMismatchedFigure(value, validQuantities(member), pointer) : amount
    }
    const number = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value
    if (typeof number !== 'number' || !Number.isFinite(number))
      return this.#reportMismatchedFigure(value, kind === 'integer' ? 'a whole number' : 'a number', pointer)
    if (kind === 'integer' && !Number.isSafeInteger(number))
      return this.#reportMismatchedFigure(value, 'a whole number', pointer)
    if (kind === 'integer' && Math.abs(number) > 2147483647)
      return this.#reportMismatchedFigure(value, 'a whole number of at most 2147483647', pointer)
    return number
  }

  #readQuantity(member: Member, value: unknown, pointer: string): string | undefined {
    const amount = readQuantity(member, value)
    return amount === undefined ? this.#reportMismatchedFigure(value, validQuantities(member), pointer) : String(amount)
  }

  #readTimestamp(value: unknown, pointer: string): Date | undefined {
    const time =
      typeof value === 'number' ? new Date(value * 1000) : new Date(typeof value === 'string' ? value : Number.NaN)
    return Number.isNaN(time.getTime()) ? this.#reportMismatchedFigure(value, 'a time in ISO 8601', pointer) : time
  }

  /** Reports a value of a wrong type. Only its type is reported, because the value may be secret. */
  #reportMismatch(value: unknown, expected: string, pointer: string): undefined {
    this.#report(pointer, `${kindOf(value)} where ${expected} is expected`)
  }

  /** Reports a wrong number, size or time with its value, which ECS never treats as secret. */
  #reportMismatchedFigure(value: unknown, expected: string, pointer: string): undefined {
    this.#report(pointer, `${valueText(value)} where ${expected} is expected`)
  }

  #reportUnknownMember(
    word: string,
    pointer: string,
    shape: StructureShape,
    shorthands: Readonly<Record<string, Shorthand>>,
  ): void {
    const known = Object.keys(shorthands).filter((name) => !shorthands[name]?.onlyInResponses)
    const near = this.#suggestions.nearest(word, [...shape.members.keys(), ...known])
    this.#report(pointer, `unknown field ${word}${near ? `; did you mean ${near}?` : ''}`)
  }
}

/**
 * The names of the key and the value in a structure that is a pair.
 * @throws Error when the structure is not a pair
 */
export function keyAndValueNames(pair: StructureShape): [key: string, value: string] {
  const [first, second] = [...pair.members.keys()]
  if (first === undefined || second === undefined || pair.members.size !== 2) throw new Error(`${pair.name} is no pair`)
  return first === 'value' ? [second, first] : [first, second]
}

function valueText(value: unknown): string {
  if (typeof value === 'string' && value.length <= 40) return JSON.stringify(value)
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : kindOf(value)
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function isObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof PairsPatch)
  )
}

/** A client's body as an input of ECS's: read leniently, then checked by ECS's own rules; all faults are told at once. */
import { type Fault, faultsOf, type Nulls, operation, type Path, type Reading, type ReadingFault, read, Suggestions } from '@ecs-api/ecs-model'
import { BadRequest, maxFaults, type Fault as ProblemFault, reported } from '../problems/problem.ts'
import { form } from './form.ts'

export type Operation = 'CreateCluster' | 'UpdateCluster' | 'RegisterTaskDefinition' | 'CreateService' | 'UpdateService' | 'RunTask'

/** What an answer of AWS's wraps the thing in, alone or as a list of exactly one. */
const wrappers: Readonly<Record<Operation, readonly [one: string, list: string]>> = {
  CreateCluster: ['cluster', 'clusters'],
  UpdateCluster: ['cluster', 'clusters'],
  RegisterTaskDefinition: ['taskDefinition', 'taskDefinitions'],
  CreateService: ['service', 'services'],
  UpdateService: ['service', 'services'],
  RunTask: ['task', 'tasks'],
}
const besideWrapped = new Set(['tags', 'failures', 'clusterCount', '$metadata', 'ResponseMetadata'])

export interface Body {
  /** In ECS's own shape, as far as it could be read. */
  input: Record<string, unknown>
  pointerTo(path: Path): string
  /** The members that were taken out, as they were sent. */
  own: Readonly<Record<string, { value: unknown; pointer: string }>>
  /** Adds a fault of the caller's own, under the pointer that the client wrote. */
  refuse(path: Path, message: string): void
  /**
   * Throws with every fault found so far and by ECS's rules on the finished input.
   * @throws BadRequest `InvalidBody`
   */
  check(operationName?: string, input?: Record<string, unknown>): void
}

interface ReadingOptions {
  nulls?: Nulls
  /** Fields with another life than the operation's (`containers` of a patch): taken out before the body is read. */
  own?: readonly string[]
  /** Reads these fields of the body and no others; somebody else reads those. */
  only?: readonly string[]
}

/** Reads a body for an operation. */
export function readBody(name: Operation, body: unknown, { nulls = 'not given', own = [], only }: ReadingOptions = {}): Body {
  if (body === undefined)
    throw new BadRequest('BodyMissing', 'This call needs a JSON body.', { next: 'Send one, with Content-Type: application/json.' })
  const suggestions = new Suggestions()
  const { content, at, faults: wrapping, beside } = unwrapped(name, body, suggestions)
  const isRead = (field: string) => (only ? only.includes(field) : !own.includes(field))
  const reading = read(operation(name)!.input, those(content, isRead), form, { nulls, at, suggestions })
  if (beside !== undefined && reading.value.tags === undefined) addTags(reading, beside)
  const faults: ReadingFault[] = only ? [...reading.faults] : [...wrapping, ...reading.faults]
  const taken = isObject(content) ? Object.entries(content).filter(([field]) => own.includes(field)) : []
  return {
    input: reading.value,
    own: Object.fromEntries(taken.map(([field, value]) => [field, { value, pointer: `${at}/${field}` }])),
    pointerTo: reading.pointerTo,
    refuse: (path, message) => faults.push({ pointer: reading.pointerTo(path), message }),
    check: (operationName = name, input = reading.value) => {
      // A response lists no more, so the rules need not look at an input of thousands of faults.
      if (faults.length >= maxFaults) throwFaults(faults)
      // A set: a small body can have thousands of faults, and to hold each against all others takes the process's time.
      const told = new Set(faults.map(({ pointer }) => pointer))
      for (const fault of faultsOf(operationName, plain(input))) {
        const pointer = reading.pointerTo(fault.path)
        if (!fault.verified || isWithin(told, pointer)) continue
        told.add(pointer)
        faults.push({ pointer, message: sentence(fault) })
      }
      throwFaults(faults)
    },
  }
}

/** @throws BadRequest `InvalidBody` when there is any fault. */
export function throwFaults(faults: readonly ReadingFault[]): void {
  const [first] = faults
  if (!first) return
  const errors = faults.map(({ pointer, message }): ProblemFault => ({ in: 'body', pointer, message }))
  const { detail, ...options } = reported(`${first.pointer || 'The body'}: ${first.message}`, errors)
  throw new BadRequest('InvalidBody', detail, options)
}

function unwrapped(
  name: Operation,
  body: unknown,
  suggestions: Suggestions,
): { content: unknown; at: string; faults: ReadingFault[]; beside?: unknown } {
  const [one, list] = wrappers[name]
  if (!isObject(body)) return { content: body, at: '', faults: [] }
  const wrapper = isObject(body[one]) ? one : Array.isArray(body[list]) ? list : undefined
  if (!wrapper) return { content: body, at: '', faults: [] }
  const faults = Object.keys(body)
    .filter((key) => key !== wrapper && !besideWrapped.has(key))
    .map((key): ReadingFault => {
      const near = suggestions.nearest(key, besideWrapped)
      return { pointer: `/${key}`, message: `unknown field ${key} beside ${wrapper}${near ? `; did you mean ${near}?` : ''}` }
    })
  if (wrapper === one) return { content: body[one], at: `/${one}`, faults, beside: body.tags }
  const items = body[list] as unknown[]
  if (items.length !== 1) faults.push({ pointer: `/${list}`, message: `${items.length} items where exactly one is expected` })
  return { content: items[0] ?? {}, at: `/${list}/0`, faults, beside: body.tags }
}

/** `tags` stands beside the thing in what describe-task-definition answers. */
function addTags(reading: Reading, tags: unknown): void {
  const beside = read(operation('RegisterTaskDefinition')!.input, { tags }, form)
  if (beside.value.tags !== undefined) reading.value.tags = beside.value.tags
  reading.faults.push(...beside.faults)
}

function those(content: unknown, isRead: (field: string) => boolean): unknown {
  if (!isObject(content)) return content
  return Object.fromEntries(Object.entries(content).filter(([field]) => isRead(field)))
}

/** ECS's rules look at plain values: a null that removes is no value. */
function plain(input: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null && value !== undefined))
}

/** Whether one of the pointers is this one, or leads to what holds it. */
function isWithin(pointers: ReadonlySet<string>, pointer: string): boolean {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
    if (pointers.has(at)) return true
    if (at === '') return false
  }
}

function sentence({ message, hint }: Fault): string {
  return hint ? `${message.replace(/\.$/, '')}. ${hint}` : message
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

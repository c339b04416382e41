/** A client's body as an input of ECS's: read leniently, then checked by ECS's own rules; all faults are told at once. */
import {
  type Fault,
  faultsOf,
  type Nulls,
  operation,
  type Path,
  type Reading,
  type ReadingFault,
  read,
  Suggestions,
} from '@ecs-api/ecs-model'
import { type AwsCode, BadRequest, maxFaults, type Fault as ProblemFault, reported } from '../problems/problem.ts'
import { form } from './form.ts'

export type Operation =
  | 'CreateCluster'
  | 'UpdateCluster'
  | 'RegisterTaskDefinition'
  | 'CreateService'
  | 'UpdateService'
  | 'RunTask'

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
  /** AWS's rejection of the checked input, with the pointer where a rule that only AWS applies has the same words. */
  located(rejection: unknown): unknown
}

interface ReadingOptions {
  nulls?: Nulls
  /** Fields with another life than the operation's (`containers` of a patch): taken out before the body is read. */
  own?: readonly string[]
  /** Reads these fields of the body and no others; somebody else reads those. */
  only?: readonly string[]
}

/** Reads a body for an operation. */
export function readBody(
  name: Operation,
  body: unknown,
  { nulls = 'not given', own = [], only }: ReadingOptions = {},
): Body {
  if (body === undefined)
    throw new BadRequest('BodyMissing', 'This call needs a JSON body.', {
      next: 'Send one, with Content-Type: application/json.',
    })
  const suggestions = new Suggestions()
  const { content, at, faults: wrapping, beside } = unwrapped(name, body, suggestions)
  const isRead = (field: string) => (only ? only.includes(field) : !own.includes(field))
  const reading = read(operation(name)!.input, those(content, isRead), form, { nulls, at, suggestions })
  if (beside !== undefined && reading.value.tags === undefined) addTags(reading, beside)
  const faults: ReadingFault[] = only ? [...reading.faults] : [...wrapping, ...reading.faults]
  const taken = isObject(content) ? Object.entries(content).filter(([field]) => own.includes(field)) : []
  const placeOf = ({ path, missing }: Fault) =>
    (missing && pointerToMissing(name, path, content, at)) || reading.pointerTo(path)
  let checked: [operationName: string, input: Record<string, unknown>] = [name, reading.value]
  return {
    input: reading.value,
    own: Object.fromEntries(taken.map(([field, value]) => [field, { value, pointer: `${at}/${field}` }])),
    pointerTo: reading.pointerTo,
    refuse: (path, message) => faults.push({ pointer: reading.pointerTo(path), message }),
    check: (operationName = name, input = reading.value) => {
      // A response lists no more, so the rules need not look at an input of thousands of faults.
      if (faults.length >= maxFaults) throwFaults(faults)
      checked = [operationName, input]
      // A set: a small body can have thousands of faults, and to hold each against all others takes the process's time.
      const told = new Set(faults.map(({ pointer }) => pointer))
      let unlisted = 0
      for (const fault of faultsOf(operationName, plain(input))) {
        if (!fault.verified) continue
        if (faults.length >= maxFaults) {
          unlisted++
          continue
        }
        const pointer = placeOf(fault)
        if (isWithin(told, pointer)) continue
        told.add(pointer)
        faults.push({ pointer, message: sentence(fault, pointer) })
      }
      throwFaults(faults, unlisted)
    },
    located: (rejection) => located(rejection, faultsOf(checked[0], plain(checked[1])), placeOf),
  }
}

/** AWS's rejection with the place of the fault that has the same words; anything else as it is. */
export function located(rejection: unknown, faults: readonly Fault[], placeOf: (fault: Fault) => string): unknown {
  if (!(rejection instanceof BadRequest) || rejection.options.errors) return rejection
  const fault = faults.find(({ message }) => message === rejection.detail)
  if (!fault) return rejection
  return new BadRequest(rejection.code as AwsCode, rejection.detail, {
    ...rejection.options,
    errors: [{ in: 'body', pointer: placeOf(fault), message: fault.message }],
  })
}

/** Where this API has a word of its own for a missing member (`count`, `name`, `subnets`), unless the client began to write ECS's form. */
function pointerToMissing(name: Operation, path: Path, content: unknown, at: string): string | undefined {
  const [first] = path
  if (path.length > 1 && isObject(content) && typeof first === 'string' && first in content) return undefined
  const word = Object.entries(form.shorthands[operation(name)!.input.name] ?? {}).find(
    ([, { to, expand, ofAnswers }]) => !expand && !ofAnswers && to.join('/') === path.join('/'),
  )?.[0]
  return word === undefined ? undefined : `${at}/${word}`
}

/** @throws BadRequest `InvalidBody` when there is any fault. */
export function throwFaults(faults: readonly ReadingFault[], unlisted = 0): void {
  const [first] = faults
  if (!first) return
  const errors = faults.map(({ pointer, message }): ProblemFault => ({ in: 'body', pointer, message }))
  const { detail, ...options } = reported(`${first.pointer || 'The body'}: ${first.message}`, errors, unlisted)
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
      return {
        pointer: `/${key}`,
        message: `unknown field ${key} beside ${wrapper}${near ? `; did you mean ${near}?` : ''}`,
      }
    })
  if (wrapper === one) return { content: body[one], at: `/${one}`, faults, beside: body.tags }
  const items = body[list] as unknown[]
  if (items.length !== 1)
    faults.push({ pointer: `/${list}`, message: `${items.length} items where exactly one is expected` })
  return { content: items[0] ?? {}, at: `/${list}/0`, faults, beside: body.tags }
}

/** `tags` stands beside the thing in what describe-task-definition answers. */
function addTags(reading: Reading, tags: unknown): void {
  const beside = read(operation('RegisterTaskDefinition')!.input, { tags }, form)
  if (beside.value.tags !== undefined) reading.value.tags = beside.value.tags
  reading.faults.push(...beside.faults)
}

function those(content: unknown, isRead: (field: string) => boolean): unknown {
  if (!isObject(content) || Object.keys(content).every(isRead)) return content
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

/** ECS's words, and what would be possible. A missing member is called as this API calls it. */
export function sentence({ message, hint, missing }: Fault, pointer: string): string {
  if (missing && /^\w+ is missing$/.test(message)) return `${pointer.slice(pointer.lastIndexOf('/') + 1)} is missing`
  return hint ? `${message.replace(/\.$/, '')}. ${hint}` : message
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

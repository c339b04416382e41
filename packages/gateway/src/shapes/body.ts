/**
 * Reads a client's body as the input of an ECS action. The reader accepts several forms (`form.ts`); ECS's validation
 * rules then check the input. A rejected body gets all errors at once, each with the JSON Pointer of its place in the
 * client's body.
 */
import {
  type Fault,
  faultsOf,
  findOperation,
  type Nulls,
  type Path,
  type Reading,
  type ReadingFault,
  readInput,
  Suggestions,
} from '@ecs-api/ecs-model'
import { type AwsCode, BadRequest, faultReport, maxFaults, type Fault as ProblemFault } from '../problems/problem.ts'
import { apiForm } from './form.ts'

export type Operation =
  | 'CreateCluster'
  | 'UpdateCluster'
  | 'RegisterTaskDefinition'
  | 'CreateService'
  | 'UpdateService'
  | 'RunTask'

/**
 * The members that hold the resource in AWS's responses: alone, or in a list. A body may be such a response with
 * exactly one resource.
 */
const wrappers: Readonly<Record<Operation, readonly [single: string, list: string]>> = {
  CreateCluster: ['cluster', 'clusters'],
  UpdateCluster: ['cluster', 'clusters'],
  RegisterTaskDefinition: ['taskDefinition', 'taskDefinitions'],
  CreateService: ['service', 'services'],
  UpdateService: ['service', 'services'],
  RunTask: ['task', 'tasks'],
}
/** Members that may stand next to a wrapper. */
const besideWrapper = new Set(['tags', 'failures', 'clusterCount', '$metadata', 'ResponseMetadata'])

export interface Body {
  /** The input in ECS's shape, without the parts that could not be read. */
  input: Record<string, unknown>
  /** Returns the client's JSON Pointer for a path in the input. */
  pointerTo(path: Path): string
  /** The members named by the option `extra`, as the client sent them. */
  extra: Readonly<Record<string, { value: unknown; pointer: string }>>
  /** Adds an error that the caller has found, under the client's pointer. `check` throws it. */
  refuse(path: Path, message: string): void
  /**
   * Checks the finished input against ECS's rules.
   * @param operationName the action of the input; by default the one that the body was read for
   * @throws BadRequest `InvalidBody` with these errors and all that were found before
   */
  check(operationName?: string, input?: Record<string, unknown>): void
  /** When AWS rejects the checked input with the message of a rule, adds the place in the client's body. */
  withPointer(rejection: unknown): unknown
}

interface ReadingOptions {
  /** Whether null counts as an absent member, or is kept because it removes the member. */
  nulls?: Nulls
  /**
   * Members that this API adds to the action's input, such as `containers` of a patch. They are not read here: the
   * caller reads them from `Body.extra`.
   */
  extra?: readonly string[]
  /** The only members to read; the caller reads the others itself. */
  only?: readonly string[]
}

/**
 * Reads a body as the input of an action.
 * @throws BadRequest `BodyMissing`
 */
export function readBody(
  name: Operation,
  body: unknown,
  { nulls = 'not given', extra = [], only }: ReadingOptions = {},
): Body {
  if (body === undefined)
    throw new BadRequest('BodyMissing', 'This call needs a JSON body.', {
      next: 'Send a body with Content-Type: application/json.',
    })
  const suggestions = new Suggestions()
  const { content, at, faults: wrapperFaults, tagsBeside } = unwrap(name, body, suggestions)
  const isRead = (field: string) => (only ? only.includes(field) : !extra.includes(field))
  const reading = readInput(findOperation(name)!.input, filterFields(content, isRead), apiForm, {
    nulls,
    at,
    suggestions,
  })
  if (tagsBeside !== undefined && reading.value.tags === undefined) addTags(reading, tagsBeside)
  const faults: ReadingFault[] = only ? [...reading.faults] : [...wrapperFaults, ...reading.faults]
  const extraMembers = isObject(content) ? Object.entries(content).filter(([field]) => extra.includes(field)) : []
  const pointerOf = ({ path, missing }: Fault) =>
    (missing && pointerToMissing(name, path, content, at)) || reading.pointerTo(path)
  let checked: [operationName: string, input: Record<string, unknown>] = [name, reading.value]
  return {
    input: reading.value,
    extra: Object.fromEntries(extraMembers.map(([field, value]) => [field, { value, pointer: `${at}/${field}` }])),
    pointerTo: reading.pointerTo,
    refuse: (path, message) => faults.push({ pointer: reading.pointerTo(path), message }),
    check: (operationName = name, input = reading.value) => {
      // A response lists `maxFaults` errors at most: with that many, the rules need not be checked.
      if (faults.length >= maxFaults) throwFaults(faults)
      checked = [operationName, input]
      // A set, because a small body can have thousands of errors, and comparing each with all others would take long.
      const reportedPointers = new Set(faults.map(({ pointer }) => pointer))
      let unlisted = 0
      for (const fault of faultsOf(operationName, withoutNulls(input))) {
        if (!fault.verified) continue
        if (faults.length >= maxFaults) {
          unlisted++
          continue
        }
        const pointer = pointerOf(fault)
        if (isWithin(reportedPointers, pointer)) continue
        reportedPointers.add(pointer)
        faults.push({ pointer, message: faultText(fault, pointer) })
      }
      throwFaults(faults, unlisted)
    },
    withPointer: (rejection) =>
      withPointerToFault(rejection, faultsOf(checked[0], withoutNulls(checked[1])), pointerOf),
  }
}

/** Adds the pointer of the fault with the same message to AWS's rejection; returns any other error as it is. */
export function withPointerToFault(
  rejection: unknown,
  faults: readonly Fault[],
  pointerOf: (fault: Fault) => string,
): unknown {
  if (!(rejection instanceof BadRequest) || rejection.options.errors) return rejection
  const fault = faults.find(({ message }) => message === rejection.detail)
  if (!fault) return rejection
  return new BadRequest(rejection.code as AwsCode, rejection.detail, {
    ...rejection.options,
    errors: [{ in: 'body', pointer: pointerOf(fault), message: fault.message }],
  })
}

/**
 * Returns the pointer of this API's shorthand for a missing member (`count`, `name`, `subnets`). Undefined when the
 * member has no shorthand, or when the client has used ECS's own form for a part of it.
 */
function pointerToMissing(name: Operation, path: Path, content: unknown, at: string): string | undefined {
  const [first] = path
  if (path.length > 1 && isObject(content) && typeof first === 'string' && first in content) return undefined
  const shorthand = Object.entries(apiForm.shorthands[findOperation(name)!.input.name] ?? {}).find(
    ([, { to, expand, onlyInResponses }]) => !expand && !onlyInResponses && to.join('/') === path.join('/'),
  )?.[0]
  return shorthand === undefined ? undefined : `${at}/${shorthand}`
}

/**
 * @param unlisted the number of further errors
 * @throws BadRequest `InvalidBody` when there is an error
 */
export function throwFaults(faults: readonly ReadingFault[], unlisted = 0): void {
  const [first] = faults
  if (!first) return
  const errors = faults.map(({ pointer, message }): ProblemFault => ({ in: 'body', pointer, message }))
  const { detail, ...options } = faultReport(`${first.pointer || 'The body'}: ${first.message}`, errors, unlisted)
  throw new BadRequest('InvalidBody', detail, options)
}

/** Returns the resource in a body that is one of AWS's responses, and its pointer; else the body itself. */
function unwrap(
  name: Operation,
  body: unknown,
  suggestions: Suggestions,
): { content: unknown; at: string; faults: ReadingFault[]; tagsBeside?: unknown } {
  const [single, list] = wrappers[name]
  if (!isObject(body)) return { content: body, at: '', faults: [] }
  const wrapper = isObject(body[single]) ? single : Array.isArray(body[list]) ? list : undefined
  if (!wrapper) return { content: body, at: '', faults: [] }
  const faults = Object.keys(body)
    .filter((key) => key !== wrapper && !besideWrapper.has(key))
    .map((key): ReadingFault => {
      const suggestion = suggestions.nearest(key, besideWrapper)
      return {
        pointer: `/${key}`,
        message: `unknown field ${key} beside ${wrapper}${suggestion ? `; did you mean ${suggestion}?` : ''}`,
      }
    })
  if (wrapper === single) return { content: body[single], at: `/${single}`, faults, tagsBeside: body.tags }
  const items = body[list] as unknown[]
  if (items.length !== 1)
    faults.push({ pointer: `/${list}`, message: `${items.length} items where exactly one is expected` })
  return { content: items[0] ?? {}, at: `/${list}/0`, faults, tagsBeside: body.tags }
}

/** Adds tags that stand beside the resource, as in the output of `aws ecs describe-task-definition`. */
function addTags(reading: Reading, tags: unknown): void {
  const tagsReading = readInput(findOperation('RegisterTaskDefinition')!.input, { tags }, apiForm)
  if (tagsReading.value.tags !== undefined) reading.value.tags = tagsReading.value.tags
  reading.faults.push(...tagsReading.faults)
}

function filterFields(content: unknown, isRead: (field: string) => boolean): unknown {
  if (!isObject(content) || Object.keys(content).every(isRead)) return content
  return Object.fromEntries(Object.entries(content).filter(([field]) => isRead(field)))
}

/** ECS's rules do not know null, which removes a member in a patch. */
function withoutNulls(input: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null && value !== undefined))
}

/** Whether one of the pointers is this one or a parent of it. */
function isWithin(pointers: ReadonlySet<string>, pointer: string): boolean {
  for (let parent = pointer; ; parent = parent.slice(0, parent.lastIndexOf('/'))) {
    if (pointers.has(parent)) return true
    if (parent === '') return false
  }
}

/** Returns ECS's message with its hint. For a missing member it uses this API's name of the member. */
export function faultText({ message, hint, missing }: Fault, pointer: string): string {
  if (missing && /^\w+ is missing$/.test(message)) return `${pointer.slice(pointer.lastIndexOf('/') + 1)} is missing`
  return hint ? `${message.replace(/\.$/, '')}. ${hint}` : message
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Reads a client's body as the input of an ECS action. The body may have several forms (`body-form.ts`). ECS's
 * validation rules then check the input. The response to an invalid body has all errors at once, each with the JSON
 * Pointer of its place in the body.
 */
import {
  type Fault,
  faultsOf,
  findOperation,
  type InputWithFaults,
  LimitedSuggestions,
  type NullMeaning,
  type Path,
  type ReadingFault,
  readInput,
} from '@ecs-api/ecs-model'
import {
  type AwsCode,
  BadRequest,
  detailAndErrorsOf,
  maxReportedFaults,
  type Fault as ProblemFault,
} from '../problems/problem.ts'
import { bodyForm } from './body-form.ts'
import { plannedFaultOf } from './planned-rejection.ts'

export type Operation =
  | 'CreateCluster'
  | 'UpdateCluster'
  | 'RegisterTaskDefinition'
  | 'CreateService'
  | 'UpdateService'
  | 'RunTask'

/**
 * The members that hold the resource in AWS's responses: one resource, or a list. A body may be such a response, if it
 * has exactly one resource.
 */
const wrappers: Readonly<Record<Operation, readonly [single: string, list: string]>> = {
  CreateCluster: ['cluster', 'clusters'],
  UpdateCluster: ['cluster', 'clusters'],
  RegisterTaskDefinition: ['taskDefinition', 'taskDefinitions'],
  CreateService: ['service', 'services'],
  UpdateService: ['service', 'services'],
  RunTask: ['task', 'tasks'],
}
/** Members that a body may have next to the member that holds the resource. */
const wrapperSiblings = new Set(['tags', 'failures', 'clusterCount', '$metadata', 'ResponseMetadata'])

export interface Body {
  /** The input in ECS's shape, without the parts that could not be read. */
  input: Record<string, unknown>
  /** Returns the client's JSON Pointer for a path in the input. */
  pointerTo(path: Path): string
  /** The members that the option `extraMembers` names, as the client sent them. */
  extraMembers: Readonly<Record<string, { value: unknown; pointer: string }>>
  /** Adds an error for a path in the input. It is thrown later, by `throwIfInvalid`. */
  addError(path: Path, message: string): void
  /**
   * Checks the complete input against ECS's rules.
   * @param operationName the action of the input; by default the one that the body was read for
   * @throws BadRequest `InvalidBody` with the broken rules and all errors that were found before
   */
  throwIfInvalid(operationName?: string, input?: Record<string, unknown>): void
  /** Adds the place in the client's body to AWS's rejection, if the rejection has the message of a broken rule. */
  withPointerToField(rejection: unknown): unknown
}

interface ReadingOptions {
  /** A member that is null is `not given`, or null stays in the input because it will `remove` the member. */
  nulls?: NullMeaning
  /**
   * Members that this API adds to the action's input, such as `containers` of a patch. They are not read here: the
   * caller reads them from `Body.extraMembers`.
   */
  extraMembers?: readonly string[]
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
  { nulls = 'not given', extraMembers = [], only }: ReadingOptions = {},
): Body {
  if (body === undefined)
    throw new BadRequest('BodyMissing', 'This call needs a JSON body.', {
      next: 'Send a body with Content-Type: application/json.',
    })
  const suggestions = new LimitedSuggestions()
  const { content, resourcePointer, faults: wrapperFaults, siblingTags } = unwrap(name, body, suggestions)
  const isWanted = (field: string) => (only ? only.includes(field) : !extraMembers.includes(field))
  const reading = readInput(findOperation(name)!.input, filterFields(content, isWanted), bodyForm, {
    nulls,
    at: resourcePointer,
    suggestions,
  })
  if (siblingTags !== undefined && reading.value.tags === undefined) addTags(reading, siblingTags)
  const faults: ReadingFault[] = only ? [...reading.faults] : [...wrapperFaults, ...reading.faults]
  const foundExtras = isObject(content) ? Object.entries(content).filter(([name]) => extraMembers.includes(name)) : []
  const pointerOf = ({ path, missing }: Fault) =>
    (missing && pointerToMissing(name, path, content, resourcePointer)) || reading.pointerTo(path)
  let lastChecked: [operationName: string, input: Record<string, unknown>] = [name, reading.value]
  return {
    input: reading.value,
    extraMembers: Object.fromEntries(
      foundExtras.map(([field, value]) => [field, { value, pointer: `${resourcePointer}/${field}` }]),
    ),
    pointerTo: reading.pointerTo,
    addError: (path, message) => faults.push({ pointer: reading.pointerTo(path), message }),
    throwIfInvalid: (operationName = name, input = reading.value) => {
      // A response lists at most `maxReportedFaults` errors, so the rules are not checked when there are that many.
      if (faults.length >= maxReportedFaults) throwIfAnyFault(faults)
      lastChecked = [operationName, input]
      // A small body can have thousands of errors, and comparing each with all others would take long.
      const reportedPointers = new Set(faults.map(({ pointer }) => pointer))
      let unlisted = 0
      for (const fault of faultsOf(operationName, withoutNulls(input))) {
        if (!fault.verified) continue
        if (faults.length >= maxReportedFaults) {
          unlisted++
          continue
        }
        const pointer = pointerOf(fault)
        if (isWithin(reportedPointers, pointer)) continue
        reportedPointers.add(pointer)
        faults.push({ pointer, message: faultText(fault, pointer) })
      }
      throwIfAnyFault(faults, unlisted)
    },
    withPointerToField: (rejection) => {
      const planned = plannedFaultOf(rejection)
      const plannedFaults = planned && String(planned.path[0]) in reading.value ? [planned] : []
      const faultsInBody = faultsOf(lastChecked[0], withoutNulls(lastChecked[1]))
      return withPointerToFault(rejection, [...plannedFaults, ...faultsInBody], pointerOf)
    },
  }
}

/** Adds to AWS's rejection the pointer of the fault with the same message. Returns any other error unchanged. */
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
 * Returns the pointer of this API's shorthand (`count`, `name`, `subnets`) for a missing member. Undefined when the
 * member has no shorthand, or when the client has written a part of the member in ECS's own form.
 */
function pointerToMissing(name: Operation, path: Path, content: unknown, resourcePointer: string): string | undefined {
  const [first] = path
  if (path.length > 1 && isObject(content) && typeof first === 'string' && first in content) return undefined
  const shorthand = Object.entries(bodyForm.shorthands[findOperation(name)!.input.name] ?? {}).find(
    ([, { memberPath, expand, onlyInResponses }]) =>
      !expand && !onlyInResponses && memberPath.join('/') === path.join('/'),
  )?.[0]
  return shorthand === undefined ? undefined : `${resourcePointer}/${shorthand}`
}

/**
 * @param unlisted the number of errors that are not in `faults`
 * @throws BadRequest `InvalidBody` when there is an error
 */
export function throwIfAnyFault(faults: readonly ReadingFault[], unlisted = 0): void {
  const [first] = faults
  if (!first) return
  const errors = faults.map(({ pointer, message }): ProblemFault => ({ in: 'body', pointer, message }))
  const { detail, ...options } = detailAndErrorsOf(`${first.pointer || 'The body'}: ${first.message}`, errors, unlisted)
  throw new BadRequest('InvalidBody', detail, options)
}

/** Returns the resource and its pointer, when the body is one of AWS's responses; else the body itself. */
function unwrap(
  name: Operation,
  body: unknown,
  suggestions: LimitedSuggestions,
): { content: unknown; resourcePointer: string; faults: ReadingFault[]; siblingTags?: unknown } {
  const [single, list] = wrappers[name]
  if (!isObject(body)) return { content: body, resourcePointer: '', faults: [] }
  const wrapper = isObject(body[single]) ? single : Array.isArray(body[list]) ? list : undefined
  if (!wrapper) return { content: body, resourcePointer: '', faults: [] }
  const faults = Object.keys(body)
    .filter((key) => key !== wrapper && !wrapperSiblings.has(key))
    .map((key): ReadingFault => {
      const suggestion = suggestions.nearest(key, wrapperSiblings)
      return {
        pointer: `/${key}`,
        message: `unknown field ${key} beside ${wrapper}${suggestion ? `; did you mean ${suggestion}?` : ''}`,
      }
    })
  if (wrapper === single)
    return { content: body[single], resourcePointer: `/${single}`, faults, siblingTags: body.tags }
  const items = body[list] as unknown[]
  if (items.length !== 1)
    faults.push({ pointer: `/${list}`, message: `${items.length} items where exactly one is expected` })
  return { content: items[0] ?? {}, resourcePointer: `/${list}/0`, faults, siblingTags: body.tags }
}

/** Adds tags that are outside of the resource, as in the output of `aws ecs describe-task-definition`. */
function addTags(reading: InputWithFaults, tags: unknown): void {
  const tagsReading = readInput(findOperation('RegisterTaskDefinition')!.input, { tags }, bodyForm)
  if (tagsReading.value.tags !== undefined) reading.value.tags = tagsReading.value.tags
  reading.faults.push(...tagsReading.faults)
}

function filterFields(content: unknown, isRead: (field: string) => boolean): unknown {
  if (!isObject(content) || Object.keys(content).every(isRead)) return content
  return Object.fromEntries(Object.entries(content).filter(([field]) => isRead(field)))
}

/** The input for ECS's rules, which have no null. In a patch, null removes a member. */
function withoutNulls(input: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null && value !== undefined))
}

/** Whether `pointers` contains the pointer itself or one of its parents. */
function isWithin(pointers: ReadonlySet<string>, pointer: string): boolean {
  for (let parent = pointer; ; parent = parent.slice(0, parent.lastIndexOf('/'))) {
    if (pointers.has(parent)) return true
    if (parent === '') return false
  }
}

/** Returns ECS's message with its hint. The message for a missing member has the API's name of the member. */
export function faultText({ message, hint, missing }: Fault, pointer: string): string {
  if (missing && /^\w+ is missing$/.test(message)) return `${pointer.slice(pointer.lastIndexOf('/') + 1)} is missing`
  return hint ? `${message.replace(/\.$/, '')}. ${hint}` : message
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

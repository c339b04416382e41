/**
 * The difference between two releases: service revision and task definition, as one document.
 *
 * Values that may be secret are masked by the rule of the audit log: a difference is read in chats and tickets, where
 * the definition itself would not go. Their names stay, so that a caller who may read the definitions knows where to
 * look. `secrets` are references and stay.
 */
import type { RegisterTaskDefinitionRequest, ServiceRevision } from '@aws-sdk/client-ecs'
import { type Json, type JsonObject, present } from '../shapes/present.ts'
import { isSame } from '../shapes/same.ts'
import type { TaggedDefinition } from '../task-definitions/get.ts'
import { registrationOf } from '../task-definitions/registration-of.ts'
import { configurationOf, imagesOf } from './schema.ts'

/** A definition, or one that is not registered yet. */
type Definition = TaggedDefinition | RegisterTaskDefinitionRequest

export interface Change {
  /** A JSON Pointer into the document. */
  path: string
  /** Null when the value is absent. */
  from: Json
  to: Json
}

/** The content that a release deploys. */
export interface ReleaseContent {
  revision: ServiceRevision
  /** Undefined when it does not exist any more. */
  definition: Definition | undefined
  /** The name of the definition: `web:7`, or words for one that is not registered yet. */
  definitionName: string | null
}

/** The content that a release has deployed. */
export interface DeployedContent extends ReleaseContent {
  definition: TaggedDefinition | undefined
}

/** The differences, in the order of the document. Secrets are masked. */
export function changesBetween(from: ReleaseContent, to: ReleaseContent): Change[] {
  // Without one of the definitions, only what both releases are known to have is compared.
  const areDefined = from.definition !== undefined && to.definition !== undefined
  return [...differences(documentOf(from, areDefined), documentOf(to, areDefined), [])]
}

function documentOf({ revision, definition, definitionName }: ReleaseContent, withDefinition: boolean): JsonObject {
  const images = imagesOf(revision).map(({ containerName = '', image, imageDigest }) => [
    containerName,
    { image, digest: imageDigest },
  ])
  return {
    taskDefinition: definitionName,
    images: Object.fromEntries(images),
    ...configurationOf(revision),
    ...(withDefinition && definition && definitionDocument(definition)),
  }
}

/** The containers by name, as in a PATCH, and the other members that RegisterTaskDefinition takes. */
function definitionDocument(definition: Definition): JsonObject {
  const { containerDefinitions = [], ...rest } = present('TaskDefinition', registrationOf(definition))
  const containers = (containerDefinitions as JsonObject[]).map(({ name, ...container }) => [name, container])
  return { containers: Object.fromEntries(containers), definition: rest }
}

function* differences(from: Json, to: Json, path: readonly string[]): Generator<Change> {
  if (isMap(from) && isMap(to)) {
    for (const name of new Set([...Object.keys(from), ...Object.keys(to)]))
      yield* differences(from[name], to[name], [...path, name])
    return
  }
  if (isSame(from, to) || (isEmpty(from) && isEmpty(to))) return
  const isHidden = path.some((name) => mayBeSecret.has(name))
  yield { path: pointerOf(path), from: masked(from, isHidden), to: masked(to, isHidden) }
}

/** ECS shows an empty list or leaves it out. */
function isEmpty(value: Json): boolean {
  if (value === undefined || value === null) return true
  return Array.isArray(value) ? value.length === 0 : isMap(value) && Object.keys(value).length === 0
}

/** Members whose values may be secret, as in the audit log. */
const mayBeSecret: ReadonlySet<string> = new Set([
  'environment',
  'command',
  'entryPoint',
  'dockerLabels',
  'options',
  'driverOpts',
  'labels',
])
const hidden = '(hidden)'

function masked(value: Json, isHidden: boolean): Json {
  if (value === undefined || value === null) return null
  if (Array.isArray(value)) return isHidden ? hidden : value.map((item) => masked(item, false))
  if (!isMap(value)) return isHidden ? hidden : value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, masked(item, isHidden || mayBeSecret.has(name))]),
  )
}

function pointerOf(path: readonly string[]): string {
  return path.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

function isMap(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

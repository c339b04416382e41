/** The difference between two releases: service revision and task definition, as one document. */
import type { RegisterTaskDefinitionRequest, ServiceRevision } from '@aws-sdk/client-ecs'
import { type Change, differencesBetween } from '../plans/differences.ts'
import type { JsonObject } from '../shapes/present.ts'
import { definitionDocument } from '../task-definitions/definition-document.ts'
import type { TaggedDefinition } from '../task-definitions/get.ts'
import { configurationOf, imagesOf } from './schema.ts'

/** A definition, or one that is not registered yet. */
type Definition = TaggedDefinition | RegisterTaskDefinitionRequest

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
  // When one of the definitions does not exist any more, the definitions are not compared.
  const areDefined = from.definition !== undefined && to.definition !== undefined
  return differencesBetween(documentOf(from, areDefined), documentOf(to, areDefined))
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

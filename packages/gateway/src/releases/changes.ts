/** The differences between two releases, each as one document of its service revision and task definition. */
import type { RegisterTaskDefinitionRequest, ServiceRevision } from '@aws-sdk/client-ecs'
import { type Change, differencesBetween } from '../plans/differences.ts'
import type { JsonObject } from '../shapes/to-api-shape.ts'
import { definitionDocument } from '../task-definitions/definition-document.ts'
import type { TaskDefinitionWithTags } from '../task-definitions/get.ts'
import { configurationOf, imagesOf } from './schema.ts'

/** A registered task definition, or the input that registers one. */
type Definition = TaskDefinitionWithTags | RegisterTaskDefinitionRequest

/** The content that a release deploys. */
export interface ReleaseContent {
  revision: ServiceRevision
  /** Undefined when the task definition does not exist any more. */
  definition: Definition | undefined
  /** The name of the definition: `web:7`, or words for one that is not registered yet. */
  definitionName: string | null
}

/** The content of a release in the log, so its task definition is a registered one. */
export interface DeployedContent extends ReleaseContent {
  definition: TaskDefinitionWithTags | undefined
}

/** The differences, in the order of the document. Secrets are masked. */
export function releaseChangesBetween(from: ReleaseContent, to: ReleaseContent): Change[] {
  // When one of the definitions does not exist any more, the definitions are not compared.
  const withDefinition = from.definition !== undefined && to.definition !== undefined
  return differencesBetween(documentOf(from, { withDefinition }), documentOf(to, { withDefinition }))
}

function documentOf(
  { revision, definition, definitionName }: ReleaseContent,
  { withDefinition }: { withDefinition: boolean },
): JsonObject {
  const images = imagesOf(revision).map(({ containerName = '', image, imageDigest }) => [
    containerName,
    // The definition shows the name of the image. A rollback can deploy the same digest under another name.
    { ...(!withDefinition && { image }), digest: imageDigest },
  ])
  return {
    taskDefinition: definitionName,
    images: Object.fromEntries(images),
    ...configurationOf(revision),
    ...(withDefinition && definition && definitionDocument(definition)),
  }
}

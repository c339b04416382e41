/** The API shape of a release. */
import type { ContainerImage, ServiceRevision } from '@aws-sdk/client-ecs'
import { shortName } from '@ecs-api/ecs-model'
import type { ReleaseSummary } from '../history/release-log.ts'
import { listSchema } from '../http/list.ts'
import { unavailableSchema } from '../http/unavailable-parts.ts'
import { type JsonObject, toApiShape } from '../shapes/to-api-shape.ts'
import { Type } from '../typebox/type.ts'

const number = (description: string) => Type.Integer({ minimum: 1, description })
const orNull = (schema: ReturnType<typeof Type.Integer>) => Type.Union([schema, Type.Null()])

const releaseImageSchema = Type.Object(
  {
    container: Type.String(),
    image: Type.Union([Type.String(), Type.Null()], { description: 'As the task definition names it.' }),
    name: Type.Union([Type.String(), Type.Null()], {
      description:
        'For people: `image`, but with its tag where the task definition has only a digest and another release of the ' +
        'service had a tag for it, as after a rollback.',
      examples: ['nginx:1.29'],
    }),
    digest: Type.Union([Type.String(), Type.Null()], {
      description: 'The digest to which ECS resolved the name; null when ECS has resolved none.',
      examples: ['sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
    }),
  },
  { $id: 'ReleaseImage' },
)

export const releaseSchema = Type.Object(
  {
    release: number('Counts from 1 in the life of the service. It never changes.'),
    arn: Type.String({ description: 'The ARN of ECS’s service revision.' }),
    createdAt: Type.String({ format: 'date-time' }),
    by: Type.String({ description: 'The token that made the deployment; `elsewhere` for all others.' }),
    taskDefinition: Type.Union([Type.String(), Type.Null()], {
      description: 'The short name; null when ECS does not describe the revision.',
    }),
    images: Type.Array(releaseImageSchema),
    imagesPinned: Type.Boolean({ description: 'The digests of all images are known.' }),
    configuration: Type.Unsafe<object>({
      type: 'object',
      additionalProperties: true,
      description: 'The other fields of ECS’s service revision, such as `networkConfiguration`.',
    }),
    restoredFrom: orNull(number('The release that a rollback through the gateway restored.')),
    outcome: Type.Enum(['under-way', 'stable', 'failed', 'superseded', 'rolled-back'], { $id: 'ReleaseOutcome' }),
    isCurrent: Type.Boolean({
      description: 'The newest deployment targets it; after a rollback by ECS, the release that ECS went back to.',
    }),
    unavailable: Type.Optional(unavailableSchema),
  },
  { $id: 'Release' },
)

export const releaseListSchema = listSchema('ReleaseList', releaseSchema, {
  unavailable: Type.Optional(unavailableSchema),
})

export type ReleaseResource = JsonObject & { release: number }

/** Members of a service revision that `configuration` lacks, because a release has them in other fields. */
const shownInOtherFields = new Set(['arn', 'service', 'cluster', 'taskDefinition', 'containerImages', 'createdAt'])

/** @param revision undefined when neither the store nor ECS has it */
export function toReleaseResource(
  release: ReleaseSummary,
  revision: ServiceRevision | undefined,
  { isCurrent, nameOf }: { isCurrent: boolean; nameOf: (release: ReleaseSummary, image: string) => string },
): ReleaseResource {
  const images = imagesOf(revision)
  return {
    release: release.number ?? 0,
    arn: release.revision,
    createdAt: release.created_at,
    by: release.made_by ?? 'elsewhere',
    taskDefinition: revision?.taskDefinition === undefined ? null : shortName(revision.taskDefinition),
    images: images.map(({ containerName = '', image = null, imageDigest = null }) => ({
      container: containerName,
      image,
      name: image === null ? null : nameOf(release, image),
      digest: imageDigest,
    })),
    imagesPinned: areImagesPinned(images),
    configuration: configurationOf(revision ?? {}),
    restoredFrom: release.restored_from,
    outcome: release.outcome,
    isCurrent,
  }
}

/** The images of the revision. Where ECS returns no `imageDigest`, it is the digest in the image's name. */
export function imagesOf({ containerImages = [] }: ServiceRevision = {}): ContainerImage[] {
  return containerImages.map((image) => {
    const imageDigest = image.imageDigest ?? /@(sha256:[0-9a-f]{64})$/.exec(image.image ?? '')?.[1]
    return { ...image, ...(imageDigest !== undefined && { imageDigest }) }
  })
}

/** Whether the digests of all images are known. */
export function areImagesPinned(images: readonly ContainerImage[]): boolean {
  return images.length > 0 && images.every(({ imageDigest }) => imageDigest !== undefined)
}

/** The revision without the members that a release shows in other fields. */
export function configurationOf(revision: ServiceRevision): JsonObject {
  const shown = Object.entries(toApiShape('ServiceRevision', revision)).filter(
    ([name]) => !shownInOtherFields.has(name),
  )
  return Object.fromEntries(shown)
}

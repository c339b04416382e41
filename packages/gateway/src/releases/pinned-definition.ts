/** The task definition that restores a release: the release's own, with the images that the release ran. */
import type { ContainerImage, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import { isSame } from '../shapes/same.ts'
import { findTaskDefinition, nameOf, type TaggedDefinition } from '../task-definitions/get.ts'
import { registrable } from '../task-definitions/registrable.ts'

export interface DefinitionPlan {
  /** A registered revision with this content; undefined when one must be registered. */
  use: string | undefined
  /** The content. */
  input: RegisterTaskDefinitionRequest
  /** Why the release's own definition does not serve. */
  why: string
}

/**
 * Finds a revision that has the definition with its images pinned, or plans to register one. A digest belongs to a
 * service revision: ECS would resolve the tag of the definition again, and a moved tag would bring other code under an
 * old number.
 * @param base the definition of the release
 * @param images of the release, with the digests that are known
 * @param running the definition that runs now
 */
export async function planDefinition(
  account: Account,
  base: TaggedDefinition,
  images: readonly ContainerImage[],
  running: TaggedDefinition | undefined,
): Promise<DefinitionPlan> {
  const input = withPinnedImages(registrable(base), images)
  const isPinned = isSame(input.containerDefinitions, base.containerDefinitions)
  const why = isPinned ? `${nameOf(base)} is ${base.status}` : `${nameOf(base)} names tags, which can move`
  const candidates = isPinned ? [base, running] : [running]
  const serves = (candidate: TaggedDefinition | undefined) =>
    candidate?.status === 'ACTIVE' && hasContent(candidate, input)
  const found = candidates.find(serves) ?? [await findTaskDefinition(account, base.family ?? '')].find(serves)
  return { use: found && nameOf(found), input, why }
}

function hasContent(definition: TaggedDefinition, input: RegisterTaskDefinitionRequest): boolean {
  const { tags: _, ...own } = registrable(definition)
  const { tags: __, ...wanted } = input
  return isSame(own, wanted)
}

/** Images whose names have no digest get the release's. */
function withPinnedImages(
  input: RegisterTaskDefinitionRequest,
  images: readonly ContainerImage[],
): RegisterTaskDefinitionRequest {
  const digests = new Map(images.map(({ containerName, imageDigest }) => [containerName, imageDigest]))
  const containerDefinitions = input.containerDefinitions?.map((container) => {
    const digest = digests.get(container.name)
    const { image = '' } = container
    return digest === undefined || image.includes('@') ? container : { ...container, image: pinned(image, digest) }
  })
  return { ...input, containerDefinitions }
}

/**
 * `repository@digest`: the name without its tag.
 * @example pinned('localhost:5000/web:1.29', 'sha256:9f86') // 'localhost:5000/web@sha256:9f86'
 */
function pinned(image: string, digest: string): string {
  return `${image.replace(/:[^:/]*$/, '')}@${digest}`
}

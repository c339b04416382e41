/** The task definition that restores a release: the release's own, with the images that the release ran. */
import type { ContainerImage, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import { isSameJson } from '../shapes/same.ts'
import { definitionNameOf, findTaskDefinition, type TaskDefinitionWithTags } from '../task-definitions/get.ts'
import { registrationInputOf } from '../task-definitions/registration-of.ts'

export interface DefinitionPlan {
  /** The name of a registered revision with the content of `input`; undefined when one must be registered. */
  registeredName: string | undefined
  /** Why the release's own definition cannot be deployed. It counts only when another revision is deployed. */
  reason: string
}

/**
 * Finds a registered revision with the content of `input` (the base, the running one, or the family's newest), or plans
 * to register one. The release's own definition may not be enough: ECS resolves its image tags again in each
 * deployment. If a tag has moved, the restored release would run other code.
 * @param base the definition of the release
 * @param input `base` with the digests that the release ran in place of image tags
 * @param running the definition that runs now
 */
export async function planPinnedDefinition(
  account: Account,
  base: TaskDefinitionWithTags,
  input: RegisterTaskDefinitionRequest,
  running: TaskDefinitionWithTags | undefined,
): Promise<DefinitionPlan> {
  const hasOnlyDigests = isSameJson(input.containerDefinitions, base.containerDefinitions)
  const reason = hasOnlyDigests
    ? `${definitionNameOf(base)} is ${base.status}`
    : `${definitionNameOf(base)} names its images by tags, which can point to other images now`
  const hasContent = (candidate: TaskDefinitionWithTags | undefined) =>
    candidate?.status === 'ACTIVE' && isSameContent(registrationInputOf(candidate), input)
  const newest = async () => findTaskDefinition(account, base.family ?? '')
  const found = [base, running].find(hasContent) ?? [await newest()].find(hasContent)
  return { registeredName: found && definitionNameOf(found), reason }
}

/** Whether the inputs are the same, apart from their resource tags. */
export function isSameContent(one: RegisterTaskDefinitionRequest, other: RegisterTaskDefinitionRequest): boolean {
  return isSameJson({ ...one, tags: undefined }, { ...other, tags: undefined })
}

/** The input that registers the definition, with the release's digests in those image names that have no digest. */
export function pinnedInput(
  definition: TaskDefinitionWithTags,
  images: readonly ContainerImage[],
): RegisterTaskDefinitionRequest {
  const input = registrationInputOf(definition)
  const digests = new Map(images.map(({ containerName, imageDigest }) => [containerName, imageDigest]))
  const containerDefinitions = input.containerDefinitions?.map((container) => {
    const digest = digests.get(container.name)
    const { image = '' } = container
    return digest === undefined || image.includes('@') ? container : { ...container, image: pinnedImage(image, digest) }
  })
  return { ...input, containerDefinitions }
}

/**
 * `repository@digest`, where the repository is the image name without its tag.
 * @example pinnedImage('localhost:5000/web:1.29', 'sha256:9f86') // 'localhost:5000/web@sha256:9f86'
 */
function pinnedImage(image: string, digest: string): string {
  return `${image.replace(/:[^:/]*$/, '')}@${digest}`
}

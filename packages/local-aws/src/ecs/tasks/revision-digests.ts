/** The image digests of service revisions. The first task that has pulled an image determines its digest. */
import { ecsArn, shortName } from '@ecs-api/ecs-model'
import type { EcsTables } from '../records/ecs-tables.ts'
import type { TaskRecord } from '../records/task-record.ts'
import { definitionOf } from './task-spec.ts'

/**
 * Adds the digests of the task's images to its service revision, after the images are pulled. A digest that the
 * revision already has is kept: ECS resolves an image once for a revision, and not at all where `versionConsistency` is
 * `disabled` (Developer Guide, "Container image resolution").
 */
export function recordRevisionDigests(ecsTables: EcsTables, task: TaskRecord): void {
  const { deployment, service } = task.internal
  if (deployment === undefined || service === undefined) return
  const path = [shortName(task.clusterArn), shortName(service), deployment.slice('ecs-svc/'.length)] as const
  const revision = ecsTables.serviceRevisions.get(ecsArn(ecsTables, 'service-revision', ...path))
  if (!revision) return
  const unresolved = new Set(
    (definitionOf(ecsTables, task).containerDefinitions ?? [])
      .filter(({ versionConsistency }) => versionConsistency === 'disabled')
      .map(({ name }) => name),
  )
  let isChanged = false
  const containerImages = (revision.containerImages ?? []).map((image) => {
    const { imageDigest } = task.containers.find(({ name }) => name === image.containerName) ?? {}
    if (!imageDigest || image.imageDigest || unresolved.has(image.containerName)) return image
    isChanged = true
    return { ...image, imageDigest }
  })
  if (isChanged) ecsTables.serviceRevisions.set(revision.serviceRevisionArn, { ...revision, containerImages })
}

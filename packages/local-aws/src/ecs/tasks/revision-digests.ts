/** The image digests of service revisions. The first task that has pulled an image determines its digest. */
import { ecsArn, shortName } from '@ecs-api/ecs-model'
import type { EcsState } from '../records/state.ts'
import type { TaskRecord } from '../records/task-record.ts'
import { definitionOf } from './task-spec.ts'

/**
 * Adds the digests of the task's images to its service revision, after the images are pulled. A digest that the revision
 * already has is kept: ECS resolves an image once for a revision, and not at all where `versionConsistency` is
 * `disabled` (Developer Guide, "Container image resolution").
 */
export function recordRevisionDigests(ecsState: EcsState, task: TaskRecord): void {
  const { deployment, service } = task.engineState
  if (deployment === undefined || service === undefined) return
  const path = [shortName(task.clusterArn), shortName(service), deployment.slice('ecs-svc/'.length)] as const
  const revision = ecsState.serviceRevisions.get(ecsArn(ecsState, 'service-revision', ...path))
  if (!revision) return
  const unresolved = new Set(
    (definitionOf(ecsState, task).containerDefinitions ?? [])
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
  if (isChanged) ecsState.serviceRevisions.set(revision.serviceRevisionArn, { ...revision, containerImages })
}

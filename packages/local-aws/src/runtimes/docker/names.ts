/**
 * The names of objects in the container runtime. A name is always the same for the same object, so that a step can be
 * repeated without stored state.
 */
import { createHash } from 'node:crypto'
import type { TaskSpec } from '../runtime.ts'

export function networkName(engineId: string): string {
  return `ecs-api-${engineId}`
}

/** The pause container of a task. */
export function pauseContainerName(engineId: string, task: string): string {
  return `ecs-api-${engineId}-${task}`
}

export function containerName(engineId: string, task: string, container: string): string {
  return `ecs-api-${engineId}-${task}-${container}`
}

type TaskVolume = NonNullable<TaskSpec['volumes']>[number]

/**
 * The name of a volume. A volume belongs to one task, but a file system that outlives tasks belongs to the engine, and
 * its tasks share it.
 */
export function volumeName(engineId: string, task: string, volume: TaskVolume): string {
  const store = persistentFileSystem(volume)
  const identity = store ?? `${task}/${volume.name}`
  const readable = store === undefined ? `${task}-${volume.name}` : store
  return `ecs-api-${engineId}-${readable.replace(/[^\w.-]/g, '_').slice(0, 120)}-${createHash('sha256').update(identity).digest('hex').slice(0, 8)}`
}

/**
 * Identifies the file system whose data outlives the task. Undefined for a volume that is removed with its task, such
 * as an EBS volume that ECS creates for a task.
 */
export function persistentFileSystem({ efsVolumeConfiguration: efs }: TaskVolume): string | undefined {
  return (
    efs &&
    ['efs', efs.fileSystemId, efs.authorizationConfig?.accessPointId, efs.rootDirectory].filter(Boolean).join('-')
  )
}

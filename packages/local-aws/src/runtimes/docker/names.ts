/** What things are called in the container runtime: always the same for the same thing, so that a step can be repeated without a memory. */
import { createHash } from 'node:crypto'
import type { TaskSpec } from '../runtime.ts'

export function networkName(engine: string): string {
  return `ecs-api-${engine}`
}

export function pauseName(engine: string, task: string): string {
  return `ecs-api-${engine}-${task}`
}

export function containerName(engine: string, task: string, container: string): string {
  return `ecs-api-${engine}-${task}-${container}`
}

type TaskVolume = NonNullable<TaskSpec['volumes']>[number]

/** A volume that lives as long as its task; or, of a file system that outlives tasks, one of the engine's own for each file system and access point. */
export function volumeName(engine: string, task: string, volume: TaskVolume): string {
  const lasting = lastingStore(volume)
  const what = lasting ?? `${task}/${volume.name}`
  const readable = lasting === undefined ? `${task}-${volume.name}` : lasting
  return `ecs-api-${engine}-${readable.replace(/[^\w.-]/g, '_').slice(0, 120)}-${createHash('sha256').update(what).digest('hex').slice(0, 8)}`
}

/** What holds the volume's data beyond the task; undefined for one that ends with it, as an EBS volume does that ECS makes for it. */
export function lastingStore({ efsVolumeConfiguration: efs }: TaskVolume): string | undefined {
  return (
    efs &&
    ['efs', efs.fileSystemId, efs.authorizationConfig?.accessPointId, efs.rootDirectory].filter(Boolean).join('-')
  )
}

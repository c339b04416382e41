/**
 * The volumes of a task. A volume of the task alone is removed with the task. An EFS file system is a volume of the
 * engine, which outlives tasks.
 */
import type { TaskSpec } from '../runtime.ts'
import { type Docker, engineLabels, ignoringStatus } from './docker-api.ts'
import { persistentFileSystem, volumeName } from './names.ts'

/** Creates the volumes that do not exist. */
export async function ensureVolumes(docker: Docker, engineId: string, task: TaskSpec): Promise<void> {
  for (const volume of task.volumes) {
    const volumeLabels: Record<string, string> = { [engineLabels.engine]: engineId }
    if (persistentFileSystem(volume) === undefined) volumeLabels[engineLabels.task] = task.id
    // An existing volume of this name is kept as it is. Podman answers 409 in that case.
    await ignoringStatus(
      docker.createVolume({ Name: volumeName(engineId, task.id, volume), Labels: volumeLabels }),
      409,
    )
  }
}

/** Removes the volumes that have all these labels. */
export async function removeVolumes(docker: Docker, label: string[]): Promise<void> {
  const { Volumes } = await docker.listVolumes({ filters: JSON.stringify({ label }) })
  for (const { Name } of Volumes ?? []) await ignoringStatus(docker.getVolume(Name).remove(), 404)
}

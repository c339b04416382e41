/** A task's volumes. Those of the task alone go with it; an EFS file system is a volume of the engine's own that stays. */
import type { TaskSpec } from '../runtime.ts'
import { type Docker, ignoring, labels } from './docker-api.ts'
import { lastingStore, volumeName } from './names.ts'

/** Makes those that are not there. */
export async function ensureVolumes(docker: Docker, engine: string, task: TaskSpec): Promise<void> {
  for (const volume of task.volumes) {
    const whose: Record<string, string> = { [labels.engine]: engine }
    if (lastingStore(volume) === undefined) whose[labels.task] = task.id
    // A volume of that name that is there already is left as it is (Podman says so with an error).
    await ignoring(docker.createVolume({ Name: volumeName(engine, task.id, volume), Labels: whose }), 409)
  }
}

/** Removes those with all these labels. */
export async function removeVolumes(docker: Docker, label: string[]): Promise<void> {
  const { Volumes } = await docker.listVolumes({ filters: JSON.stringify({ label }) })
  for (const { Name } of Volumes ?? []) await ignoring(docker.getVolume(Name).remove(), 404)
}

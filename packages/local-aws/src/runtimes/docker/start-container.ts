/** Creates and starts a container of a task. */
import { RuntimeFault, type TaskSpec } from '../runtime.ts'
import { type ContainerContext, containerCreateOptions } from './container-options.ts'
import { type Docker, ifFound, ignoringStatus, isUnreachable } from './docker-api.ts'
import { hostUlimits, isUlimitRefused, loweredUlimits } from './host-limits.ts'
import { findLocalImage } from './image.ts'
import { containerName } from './names.ts'

export interface StartDeps {
  docker: Docker
  task: TaskSpec
  definition: TaskSpec['containers'][number]
  context: Omit<ContainerContext, 'image' | 'maxUlimits'>
  /** The id of the pulled image; undefined when it is not known, such as after a restart of the engine. */
  image: string | undefined
  /** Returns the process id of the pause container. */
  findPausePid: () => Promise<number>
  /** Called with the names of the ulimits that were lowered to the host's maximum. */
  onUlimitsLowered: (ulimits: readonly string[]) => void
}

/**
 * Creates and starts the container. Does nothing when the container has run before.
 * @throws RuntimeFault when the image no longer exists.
 */
export async function startContainer({
  docker,
  task,
  definition,
  context,
  image,
  findPausePid,
  onUlimitsLowered,
}: StartDeps): Promise<void> {
  const handle = docker.getContainer(containerName(context.engineId, task.id, definition.name ?? ''))
  const create = (image: string, maxUlimits?: ReadonlyMap<string, number>) =>
    docker.createContainer(containerCreateOptions(task, definition, { ...context, image, maxUlimits }))
  let imageId = image
  // Usually the container does not exist and its image does, so both are checked only after a failure.
  if (imageId === undefined || !(await succeeds(create(imageId)))) {
    const existing = await ifFound(handle.inspect())
    if (existing && Date.parse(existing.State.StartedAt) > 0) return
    if (existing) await ignoringStatus(handle.remove({ force: true, v: true }), 404)
    imageId = (await findLocalImage(docker, definition.image ?? ''))?.Id
    if (imageId === undefined)
      throw new RuntimeFault(`CannotCreateContainerError: the image ${definition.image} does not exist any more`)
    await create(imageId)
  }
  try {
    await handle.start()
  } catch (error) {
    await ignoringStatus(handle.remove({ force: true, v: true }), 404)
    const maxUlimits = isUlimitRefused(error) ? hostUlimits(await findPausePid()) : undefined
    if (!maxUlimits) throw error
    const loweredNames = loweredUlimits(definition, maxUlimits)
    if (loweredNames.length > 0) onUlimitsLowered(loweredNames)
    await create(imageId, maxUlimits)
    await handle.start()
  }
}

async function succeeds(call: Promise<unknown>): Promise<boolean> {
  try {
    await call
    return true
  } catch (error) {
    if (isUnreachable(error)) throw error
    return false
  }
}

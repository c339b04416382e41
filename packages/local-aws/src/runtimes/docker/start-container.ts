/** Creates and starts a container of a task. */
import { RuntimeFault, type TaskSpec } from '../runtime.ts'
import { type ContainerContext, containerOptions } from './container-options.ts'
import { type Docker, ifFound, ignoringStatus, isUnreachable } from './docker-api.ts'
import { hostLimits, isLimitRefused, loweredUlimits } from './host-limits.ts'
import { localImage } from './image.ts'
import { containerName } from './names.ts'

export interface StartDeps {
  docker: Docker
  task: TaskSpec
  definition: TaskSpec['containers'][number]
  context: Omit<ContainerContext, 'image' | 'maxUlimits'>
  /** The id of the pulled image; undefined when it is not known any more. */
  image: string | undefined
  /** The process of the pause container. */
  pauseProcess: () => Promise<number>
  /** Called with the names of the ulimits that had to be lowered. */
  onLowered: (ulimits: readonly string[]) => void
}

/**
 * Creates and starts the container. Does nothing when it has run before.
 * @throws RuntimeFault when the image no longer exists.
 */
export async function startContainer({
  docker,
  task,
  definition,
  context,
  image,
  pauseProcess,
  onLowered,
}: StartDeps): Promise<void> {
  const handle = docker.getContainer(containerName(context.engineId, task.id, definition.name ?? ''))
  const make = (image: string, maxUlimits?: ReadonlyMap<string, number>) =>
    docker.createContainer(containerOptions(task, definition, { ...context, image, maxUlimits }))
  let imageId = image
  // Usually the container does not exist and the image does, so both are checked only after a failure.
  if (imageId === undefined || !(await succeeds(make(imageId)))) {
    const existing = await ifFound(handle.inspect())
    if (existing && Date.parse(existing.State.StartedAt) > 0) return
    if (existing) await ignoringStatus(handle.remove({ force: true, v: true }), 404)
    imageId = (await localImage(docker, definition.image ?? ''))?.Id
    if (imageId === undefined)
      throw new RuntimeFault(`CannotCreateContainerError: the image ${definition.image} is not there any more`)
    await make(imageId)
  }
  try {
    await handle.start()
  } catch (error) {
    await ignoringStatus(handle.remove({ force: true, v: true }), 404)
    const maxUlimits = isLimitRefused(error) ? hostLimits(await pauseProcess()) : undefined
    if (!maxUlimits) throw error
    const lowered = loweredUlimits(definition, maxUlimits)
    if (lowered.length > 0) onLowered(lowered)
    await make(imageId, maxUlimits)
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

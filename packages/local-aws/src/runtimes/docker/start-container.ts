/** A task's container, made and started. */
import { RuntimeFault, type TaskSpec } from '../runtime.ts'
import { type ContainerPlace, containerOptions } from './container-options.ts'
import { type Docker, ignoring, isUnreachable, orNothing } from './docker-api.ts'
import { limitsAbove, loweredBy, refusedLimits } from './host-limits.ts'
import { imageHere } from './image.ts'
import { containerName } from './names.ts'

export interface StartDeps {
  docker: Docker
  task: TaskSpec
  definition: TaskSpec['containers'][number]
  place: Omit<ContainerPlace, 'image' | 'most'>
  /** The image that was got for it; undefined where that isn't known any more. */
  image: string | undefined
  /** Of the process that holds the task's namespaces. */
  pauseProcess: () => Promise<number>
  /** Told of the ulimits that had to be lowered. */
  onLowered: (ulimits: readonly string[]) => void
}

/** Does nothing where it has run before. */
export async function startContainer({
  docker,
  task,
  definition,
  place,
  image,
  pauseProcess,
  onLowered,
}: StartDeps): Promise<void> {
  const handle = docker.getContainer(containerName(place.engine, task.id, definition.name ?? ''))
  const make = (from: string, most?: ReadonlyMap<string, number>) =>
    docker.createContainer(containerOptions(task, definition, { ...place, image: from, most }))
  let used = image
  // Most often nothing of it is there, and the image is: so that is looked for only after a failure.
  if (used === undefined || !(await succeeds(make(used)))) {
    const there = await orNothing(handle.inspect())
    if (there && Date.parse(there.State.StartedAt) > 0) return
    if (there) await ignoring(handle.remove({ force: true, v: true }), 404)
    used = (await imageHere(docker, definition.image ?? ''))?.Id
    if (used === undefined)
      throw new RuntimeFault(`CannotCreateContainerError: the image ${definition.image} is not there any more`)
    await make(used)
  }
  try {
    await handle.start()
  } catch (error) {
    await ignoring(handle.remove({ force: true, v: true }), 404)
    const most = refusedLimits(error) ? limitsAbove(await pauseProcess()) : undefined
    if (!most) throw error
    const lowered = loweredBy(definition, most)
    if (lowered.length > 0) onLowered(lowered)
    await make(used, most)
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

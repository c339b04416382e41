/** Getting a container's image: what is here already is taken as it is; else it is pulled. */
import type { ImageInspectInfo } from 'dockerode'
import { type PullProgress, RuntimeFault, type TaskSpec } from '../runtime.ts'
import { type Docker, isUnreachable, orNothing, saidBy } from './docker-api.ts'

interface Credentials {
  username: string
  password: string
}

interface PullEvent {
  id?: string
  error?: string
  progressDetail?: { current?: number; total?: number }
}

/** The image as it is here; undefined where it is not. One without a registry in its name may be this machine's own, as `docker build` and `podman build` name them. */
export async function imageHere(docker: Docker, name: string): Promise<ImageInspectInfo | undefined> {
  return (
    (await orNothing(docker.getImage(name).inspect())) ?? (hasRegistry(name) ? undefined : orNothing(docker.getImage(`localhost/${name}`).inspect()))
  )
}

/** Answers the runtime's own id of it too. @throws RuntimeFault `CannotPullContainerError: …`, in the runtime's words. */
export async function getImage(
  docker: Docker,
  { platform }: TaskSpec,
  name: string,
  {
    credentials,
    signal,
    onProgress,
  }: { credentials: Credentials | undefined; signal: AbortSignal; onProgress?: ((progress: PullProgress) => void) | undefined },
): Promise<{ id: string; digest?: string }> {
  const wanted = platform.cpuArchitecture === 'ARM64' ? 'arm64' : 'amd64'
  const image = (await imageHere(docker, name)) ?? (await pull(docker, name, wanted, { credentials, signal, onProgress }))
  if (image.Architecture !== wanted && image.Architecture !== '')
    throw new RuntimeFault(`CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/${wanted}'`)
  const digest = digestOf(image, name)
  return { id: image.Id, ...(digest !== undefined && { digest }) }
}

async function pull(
  docker: Docker,
  name: string,
  architecture: string,
  {
    credentials,
    signal,
    onProgress,
  }: { credentials: Credentials | undefined; signal: AbortSignal; onProgress?: ((progress: PullProgress) => void) | undefined },
): Promise<ImageInspectInfo> {
  try {
    const stream = await docker.createImage(
      credentials ? { username: credentials.username, password: credentials.password, serveraddress: registryOf(name) } : undefined,
      {
        fromImage: withTag(name),
        platform: `linux/${architecture}`,
        abortSignal: signal,
      },
    )
    await follow(docker, stream, signal, onProgress)
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof RuntimeFault || isUnreachable(error)) throw error
    throw new RuntimeFault(`CannotPullContainerError: ${saidBy(error)}`)
  }
  const image = await imageHere(docker, name)
  if (!image) throw new RuntimeFault(`CannotPullContainerError: ${name} was pulled and is not there`)
  return image
}

/** Resolves at the end of the pull. Layers are told one by one; their sums are the progress. */
function follow(docker: Docker, stream: NodeJS.ReadableStream, signal: AbortSignal, onProgress?: (progress: PullProgress) => void): Promise<void> {
  const layers = new Map<string, PullProgress>()
  return new Promise((resolve, reject) => {
    const aborted = () => {
      if ('destroy' in stream && typeof stream.destroy === 'function') stream.destroy()
      reject(signal.reason)
    }
    signal.addEventListener('abort', aborted, { once: true })
    const done = (error: Error | null, events: PullEvent[] = []) => {
      signal.removeEventListener('abort', aborted)
      const failed = events.find((event) => event.error !== undefined)?.error
      if (error) reject(error)
      else if (failed !== undefined) reject(new RuntimeFault(`CannotPullContainerError: ${failed.replace(/\s+/g, ' ').trim()}`))
      else resolve()
    }
    docker.modem.followProgress(stream, done, ({ id, progressDetail }: PullEvent) => {
      if (id === undefined || progressDetail?.total === undefined) return
      layers.set(id, { current: progressDetail.current ?? 0, total: progressDetail.total })
      const sum = (of: keyof PullProgress) => [...layers.values()].reduce((all, layer) => all + layer[of], 0)
      onProgress?.({ current: sum('current'), total: sum('total') })
    })
  })
}

/** What the registry calls it: the pinned one, else the one that this name was pulled or made with. */
function digestOf({ RepoDigests = [] }: ImageInspectInfo, name: string): string | undefined {
  const pinned = /@(sha256:[0-9a-f]{64})$/.exec(name)?.[1]
  if (pinned) return pinned
  const repository = withTag(name).replace(/:[^:/]+$/, '')
  const own = (RepoDigests ?? []).find((digest) => digest.split('@')[0]?.endsWith(repository)) ?? RepoDigests?.[0]
  return own?.split('@')[1]
}

/** Without a tag the API would pull every tag that there is. */
function withTag(name: string): string {
  return /:[^/]+$/.test(name) ? name : `${name}:latest`
}

function hasRegistry(name: string): boolean {
  const [first = '', ...rest] = name.split('/')
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')
}

function registryOf(name: string): string {
  return hasRegistry(name) ? (name.split('/')[0] ?? '') : 'https://index.docker.io/v1/'
}

/**
 * Gets a container's image. An image that exists on this machine is used without asking its registry; any other is
 * pulled.
 */
import type { ImageInspectInfo } from 'dockerode'
import { type PullProgress, RuntimeFault, type TaskSpec } from '../runtime.ts'
import { type Docker, ifFound, isUnreachable, messageOf } from './docker-api.ts'

interface Credentials {
  username: string
  password: string
}

interface PullEvent {
  /** The id of a layer. */
  id?: string
  status?: string
  error?: string
  progressDetail?: { current?: number; total?: number }
}

/**
 * The local image of this name, or undefined. A name without a registry also finds images that `docker build` and
 * `podman build` have made on this machine.
 */
export async function findLocalImage(docker: Docker, name: string): Promise<ImageInspectInfo | undefined> {
  return (
    (await ifFound(docker.getImage(name).inspect())) ??
    (hasRegistry(name) ? undefined : ifFound(docker.getImage(`localhost/${name}`).inspect()))
  )
}

/**
 * Gets the image. Returns the runtime's own id of it, and its digest in the registry if it is known.
 *
 * An image on this machine that is for another architecture is rejected. It is not pulled: the pull would give the name
 * of an image that was built here to another image.
 * @throws RuntimeFault `CannotPullContainerError: …`, with the runtime's message
 * @throws the reason of `signal`, and the connection's error when the runtime is unreachable
 */
export async function getImage(
  docker: Docker,
  { platform }: TaskSpec,
  name: string,
  {
    credentials,
    signal,
    onProgress,
  }: {
    credentials: Credentials | undefined
    signal: AbortSignal
    onProgress?: ((progress: PullProgress) => void) | undefined
  },
): Promise<{ id: string; digest?: string }> {
  const architecture = platform.cpuArchitecture === 'ARM64' ? 'arm64' : 'amd64'
  const image =
    (await findLocalImage(docker, name)) ??
    (await pull(docker, name, architecture, { credentials, signal, onProgress }))
  if (image.Architecture !== architecture && image.Architecture !== '') throw platformFault(architecture)
  const digest = await digestOf(docker, image, name)
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
  }: {
    credentials: Credentials | undefined
    signal: AbortSignal
    onProgress?: ((progress: PullProgress) => void) | undefined
  },
): Promise<ImageInspectInfo> {
  try {
    const stream = await docker.createImage(
      credentials
        ? { username: credentials.username, password: credentials.password, serveraddress: registryOf(name) }
        : undefined,
      {
        fromImage: withTag(name),
        platform: `linux/${architecture}`,
        abortSignal: signal,
      },
    )
    await awaitPull(docker, stream, signal, onProgress)
  } catch (error) {
    signal.throwIfAborted()
    if (isUnreachable(error)) throw error
    const message = messageOf(error)
    throw missingPlatformMessage.test(message)
      ? platformFault(architecture)
      : new RuntimeFault(`CannotPullContainerError: ${message}`)
  }
  const image = await findLocalImage(docker, name)
  if (!image)
    throw new RuntimeFault(`CannotPullContainerError: ${name} was pulled, but it does not exist on this machine`)
  return image
}

/** The messages of Podman and Docker for a multi-platform image that has no image for the platform. */
const missingPlatformMessage = /no image found in (manifest list|image index) for|no matching manifest for/

/** Fargate's message (ECS Developer Guide, "CannotPullContainer task errors"). */
function platformFault(architecture: string): RuntimeFault {
  return new RuntimeFault(
    `CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/${architecture}'`,
  )
}

/** Resolves at the end of the pull. The runtime reports the progress of single layers; `onProgress` gets their sum. */
function awaitPull(
  docker: Docker,
  stream: NodeJS.ReadableStream,
  signal: AbortSignal,
  onProgress?: (progress: PullProgress) => void,
): Promise<void> {
  const layers = new Map<string, PullProgress>()
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      if ('destroy' in stream && typeof stream.destroy === 'function') stream.destroy()
      reject(signal.reason)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    const done = (error: Error | null, events: PullEvent[] = []) => {
      signal.removeEventListener('abort', onAbort)
      const failed = events.find((event) => event.error !== undefined)?.error
      if (error) reject(error)
      else if (failed !== undefined) reject(new Error(failed))
      else resolve()
    }
    docker.modem.followProgress(stream, done, ({ id = '', status, progressDetail }: PullEvent) => {
      const layer = layers.get(id)
      // Docker's events about unpacking have the same form.
      if (status === 'Downloading' && progressDetail?.total)
        layers.set(id, { current: progressDetail.current ?? 0, total: progressDetail.total })
      else if (status === 'Download complete' && layer) layers.set(id, { current: layer.total, total: layer.total })
      else return
      const sum = (member: 'current' | 'total') =>
        [...layers.values()].reduce((total, { [member]: bytes }) => total + bytes, 0)
      onProgress?.({ current: sum('current'), total: sum('total') })
    })
  })
}

/** The digest in an image's name (`…@sha256:…`); undefined for a name without one. */
export function pinnedDigest(name: string): string | undefined {
  return /@(sha256:[0-9a-f]{64})$/.exec(name)?.[1]
}

/**
 * The image's digest in a registry: the one in its name, else the one of the repository of that name. An image that
 * only got this name on this machine (`docker tag`) has the digest of the repository from which it was pulled.
 */
async function digestOf(
  docker: Docker,
  { Id, RepoDigests }: ImageInspectInfo,
  name: string,
): Promise<string | undefined> {
  const pinned = pinnedDigest(name)
  if (pinned) return pinned
  const repository = withTag(name).replace(/:[^:/]+$/, '')
  const all = (RepoDigests ?? []).map((digest) => digest.split('@') as [string, string])
  const [first, ...others] = all
    .filter(([from]) => from === repository || from.endsWith(`/${repository}`))
    .map(([, digest]) => digest)
  // For a tag of a multi-platform image, Podman has two digests in any order: that of the image index, which ECS shows,
  // and that of the image for this platform.
  const pulled = others.length > 0 ? await findPodmanDigest(docker, Id) : undefined
  return others.find((digest) => digest === pulled) ?? first ?? all[0]?.[1]
}

/** The digest in Podman's own API; Docker has no such path. */
async function findPodmanDigest(docker: Docker, id: string): Promise<string | undefined> {
  const path = `/v4.0.0/libpod/images/${id}/json`
  const answer = new Promise<{ Digest?: string }>((resolve, reject) => {
    docker.modem.dial({ path, method: 'GET', statusCodes: { 200: true } }, (error, result) =>
      error ? reject(error) : resolve(result ?? {}),
    )
  })
  return (await ifFound(answer))?.Digest
}

/** Without a tag the API would pull every tag of the repository. */
function withTag(name: string): string {
  return /:[^/]+$/.test(name) ? name : `${name}:latest`
}

function hasRegistry(name: string): boolean {
  const [first = '', ...rest] = name.split('/')
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')
}

/** The address of the image’s registry. */
export function registryOf(name: string): string {
  return hasRegistry(name) ? (name.split('/')[0] ?? '') : 'https://index.docker.io/v1/'
}

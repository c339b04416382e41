/** Getting a container's image: what is here already is taken as it is; else it is pulled. */
import type { ImageInspectInfo } from 'dockerode'
import { type PullProgress, RuntimeFault, type TaskSpec } from '../runtime.ts'
import { type Docker, isUnreachable, messageOf, orNothing } from './docker-api.ts'

interface Credentials {
  username: string
  password: string
}

interface PullEvent {
  /** Of a layer. */
  id?: string
  status?: string
  error?: string
  progressDetail?: { current?: number; total?: number }
}

/** The image as it is here; undefined where it is not. One without a registry in its name may be this machine's own, as `docker build` and `podman build` name them. */
export async function imageHere(docker: Docker, name: string): Promise<ImageInspectInfo | undefined> {
  return (
    (await orNothing(docker.getImage(name).inspect())) ??
    (hasRegistry(name) ? undefined : orNothing(docker.getImage(`localhost/${name}`).inspect()))
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
  }: {
    credentials: Credentials | undefined
    signal: AbortSignal
    onProgress?: ((progress: PullProgress) => void) | undefined
  },
): Promise<{ id: string; digest?: string }> {
  const wanted = platform.cpuArchitecture === 'ARM64' ? 'arm64' : 'amd64'
  const image =
    (await imageHere(docker, name)) ?? (await pull(docker, name, wanted, { credentials, signal, onProgress }))
  if (image.Architecture !== wanted && image.Architecture !== '') throw otherPlatform(wanted)
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
    await follow(docker, stream, signal, onProgress)
  } catch (error) {
    signal.throwIfAborted()
    if (isUnreachable(error)) throw error
    const said = messageOf(error)
    throw noSuchPlatform.test(said)
      ? otherPlatform(architecture)
      : new RuntimeFault(`CannotPullContainerError: ${said}`)
  }
  const image = await imageHere(docker, name)
  if (!image) throw new RuntimeFault(`CannotPullContainerError: ${name} was pulled and is not there`)
  return image
}

/** As Podman and Docker say it of a list of images. */
const noSuchPlatform = /no image found in (manifest list|image index) for|no matching manifest for/

/** In Fargate's words (ECS Developer Guide, "CannotPullContainer task errors"). */
function otherPlatform(wanted: string): RuntimeFault {
  return new RuntimeFault(
    `CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/${wanted}'`,
  )
}

/** Resolves at the end of the pull. Layers are told one by one; their sums are the progress. */
function follow(
  docker: Docker,
  stream: NodeJS.ReadableStream,
  signal: AbortSignal,
  onProgress?: (progress: PullProgress) => void,
): Promise<void> {
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
      else if (failed !== undefined) reject(new Error(failed))
      else resolve()
    }
    docker.modem.followProgress(stream, done, ({ id = '', status, progressDetail }: PullEvent) => {
      const known = layers.get(id)
      // What Docker tells of unpacking has the same form.
      if (status === 'Downloading' && progressDetail?.total)
        layers.set(id, { current: progressDetail.current ?? 0, total: progressDetail.total })
      else if (status === 'Download complete' && known) layers.set(id, { current: known.total, total: known.total })
      else return
      const sum = (of: 'current' | 'total') => [...layers.values()].reduce((all, layer) => all + layer[of], 0)
      onProgress?.({ current: sum('current'), total: sum('total') })
    })
  })
}

/** Of an image that is named by its digest. */
export function pinnedDigest(name: string): string | undefined {
  return /@(sha256:[0-9a-f]{64})$/.exec(name)?.[1]
}

/** What the registry calls it: the pinned one, else the one that this name was pulled or made with. */
async function digestOf(
  docker: Docker,
  { Id, RepoDigests }: ImageInspectInfo,
  name: string,
): Promise<string | undefined> {
  const pinned = pinnedDigest(name)
  if (pinned) return pinned
  const repository = withTag(name).replace(/:[^:/]+$/, '')
  const all = (RepoDigests ?? []).map((digest) => digest.split('@') as [string, string])
  const [first, ...others] = all.filter(([from]) => from.endsWith(repository)).map(([, digest]) => digest)
  // Of a tag that names a list of images Podman knows two, in any order: the tag's, which is what ECS tells, and that of the list's one image.
  const pulled = others.length > 0 ? await digestPulled(docker, Id) : undefined
  return others.find((digest) => digest === pulled) ?? first ?? all[0]?.[1]
}

/** Podman's own API tells it; Docker has no such path. */
async function digestPulled(docker: Docker, id: string): Promise<string | undefined> {
  const path = `/v4.0.0/libpod/images/${id}/json`
  const answer = new Promise<{ Digest?: string }>((resolve, reject) => {
    docker.modem.dial({ path, method: 'GET', statusCodes: { 200: true } }, (error, result) =>
      error ? reject(error) : resolve(result ?? {}),
    )
  })
  return (await orNothing(answer))?.Digest
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

/** The images on this machine, which a task can use although their registry cannot be reached. */
import type { LocalImage } from '../runtime.ts'
import type { Docker } from './docker-api.ts'
import { findLocalImage, registryOf } from './image.ts'
import { pauseImage } from './pause-image.ts'

const TIMEOUT_MS = 2_000

/** The named images, sorted by name, without the engine's own. */
export async function listLocalImages(docker: Docker): Promise<LocalImage[]> {
  const images = await docker.listImages({ abortSignal: AbortSignal.timeout(TIMEOUT_MS) })
  return images
    .flatMap(({ RepoTags, Created, Size }) =>
      (RepoTags ?? []).map((name) => ({ name, createdAt: Created * 1000, sizeBytes: Size })),
    )
    .filter(({ name }) => name !== pauseImage && !name.includes('<none>'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** A sentence for each image that is not on this machine, because the runtime has to pull it. */
export async function previewOfPulls(
  docker: Docker,
  runtime: 'docker' | 'podman',
  images: readonly string[],
): Promise<string[]> {
  const found = await Promise.all(
    [...new Set(images)].map(async (name) => ({ name, isHere: (await findLocalImage(docker, name)) !== undefined })),
  )
  return found
    .filter(({ isHere }) => !isHere)
    .map(
      ({ name }) =>
        `The image ${name} is not on this machine: ${runtime === 'podman' ? 'Podman' : 'Docker'} pulls it from ` +
        `${nameOfRegistry(name)}.`,
    )
}

function nameOfRegistry(image: string): string {
  const registry = registryOf(image)
  return registry.startsWith('https://index.docker.io') ? 'Docker Hub' : registry
}

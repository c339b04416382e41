/** The image of a release. A rollback pins it by its digest; the release that it restores has its name. */
import type { Release } from '@ecs-api/client'
import { ExternalText } from './external-text.tsx'

/** `repository@sha256:` and enough digits to compare. */
const short = (image: string) => image.replace(/(@sha256:[0-9a-f]{12})[0-9a-f]{52}$/, '$1…')

/** @returns the name with which the release, or the one that it restores, was deployed; undefined where it has none */
export function nameOfImage(release: Release, container: string, releases: readonly Release[]): string | undefined {
  const own = release.images.find((each) => each.container === container)
  if (!own?.image?.includes('@sha256:')) return own?.image ?? undefined
  const restored = releases.find(({ release: number }) => number === release.restoredFrom)
  const before = restored && nameOfImage(restored, container, releases)
  return before ?? own.image
}

export function ImageName({ image, pinned }: { image: string | undefined; pinned?: string | null | undefined }) {
  if (image === undefined) return null
  return (
    <code title={pinned ?? image}>
      <ExternalText text={short(image)} />
    </code>
  )
}

/**
 * The images of a release. A release that a rollback made has its images by digest; the release that it restored still
 * has their names.
 */
import type { Release } from '@ecs-api/client'
import { PrintableText } from './printable-text.tsx'

/** The image or the digest with enough digits of the digest to compare. */
export const withShortDigest = (image: string) => image.replace(/((?:^|@)sha256:[0-9a-f]{12})[0-9a-f]{52}$/, '$1…')

/** The text, or as much of its start and its end as fits: the end of an image or a revision has its number. */
export function withoutMiddle(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  const startLength = Math.floor(maxLength / 3)
  return `${text.slice(0, startLength)}…${text.slice(1 + startLength - maxLength)}`
}

/** @returns the image as it was first deployed, with the tag if it had one; undefined for an unknown container */
export function nameOfImage(release: Release, container: string, releases: readonly Release[]): string | undefined {
  const releaseImage = release.images.find((each) => each.container === container)
  if (!releaseImage?.image?.includes('@sha256:')) return releaseImage?.image ?? undefined
  const restoredRelease = releases.find(({ release: number }) => number === release.restoredFrom)
  const restoredName = restoredRelease && nameOfImage(restoredRelease, container, releases)
  return restoredName ?? releaseImage.image
}

export function ImageName({
  image,
  pinnedImage,
  maxLength = Number.POSITIVE_INFINITY,
}: {
  image: string | undefined
  pinnedImage?: string | null | undefined
  /** The middle of a longer name is left out, because its end has the tag. */
  maxLength?: number | undefined
}) {
  if (image === undefined) return null
  return (
    <code title={pinnedImage ?? image}>
      <PrintableText text={withoutMiddle(withShortDigest(image), maxLength)} />
    </code>
  )
}

/** The images of a release; nothing while the release is unknown. */
export function ImagesOfRelease({
  release,
  releases,
  maxLength,
}: {
  release: Release | undefined
  /** The known releases of the service, among them the restored release that has the names of the images. */
  releases: readonly Release[]
  maxLength?: number
}) {
  if (!release) return null
  return (
    <span className="row">
      {release.images.map(({ container, image }) => (
        <ImageName
          key={container}
          image={nameOfImage(release, container, releases)}
          pinnedImage={image}
          maxLength={maxLength}
        />
      ))}
    </span>
  )
}

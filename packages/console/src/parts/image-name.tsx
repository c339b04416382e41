/**
 * The images of a release. A release that a rollback made has its images by digest; its `name` still has the tag.
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

/** @returns the image with its tag, where one is known; undefined for an unknown container */
export const nameOfImage = (release: Release, container: string) =>
  release.images.find((each) => each.container === container)?.name ?? undefined

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
export function ImagesOfRelease({ release, maxLength }: { release: Release | undefined; maxLength?: number }) {
  if (!release) return null
  return (
    <span className="row">
      {release.images.map(({ container, image, name }) => (
        <ImageName key={container} image={name ?? undefined} pinnedImage={image} maxLength={maxLength} />
      ))}
    </span>
  )
}

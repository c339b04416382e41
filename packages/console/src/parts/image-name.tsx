/** The image of a release. A rollback deploys an image by its digest; the restored release has the image's name. */
import type { Release } from '@ecs-api/client'
import { ExternalText } from './external-text.tsx'

/** `repository@sha256:` and enough digits to compare. */
export const shortened = (image: string) => image.replace(/(@sha256:[0-9a-f]{12})[0-9a-f]{52}$/, '$1…')

function withoutMiddle(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  const startLength = Math.floor(maxLength / 3)
  return `${text.slice(0, startLength)}…${text.slice(1 + startLength - maxLength)}`
}

/** @returns the image as it was first deployed, with a tag where it had one; undefined for an unknown container */
export function nameOfImage(release: Release, container: string, releases: readonly Release[]): string | undefined {
  const ownImage = release.images.find((each) => each.container === container)
  if (!ownImage?.image?.includes('@sha256:')) return ownImage?.image ?? undefined
  const restoredRelease = releases.find(({ release: number }) => number === release.restoredFrom)
  const restoredName = restoredRelease && nameOfImage(restoredRelease, container, releases)
  return restoredName ?? ownImage.image
}

export function ImageName({
  image,
  pinnedImage,
  maxLength = Number.POSITIVE_INFINITY,
}: {
  image: string | undefined
  pinnedImage?: string | null | undefined
  /** The middle of a longer name is left out: its end has the tag. */
  maxLength?: number | undefined
}) {
  if (image === undefined) return null
  return (
    <code title={pinnedImage ?? image}>
      <ExternalText text={withoutMiddle(shortened(image), maxLength)} />
    </code>
  )
}

/** The images of a release; nothing for an unknown one. */
export function ImagesOfRelease({
  release,
  releases,
  maxLength,
}: {
  release: Release | undefined
  /** The known releases of the service: the name of an image can be that of a restored release. */
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

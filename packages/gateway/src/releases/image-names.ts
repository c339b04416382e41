/**
 * The names of images that a task definition names by digest. A rollback registers such a definition, and a restart
 * deploys it again: only earlier releases of the service still say which tag the digest had.
 */
import type { ServiceRevision } from '@aws-sdk/client-ecs'
import type { ReleaseSummary } from '../history/release-log.ts'
import { imagesOf } from './schema.ts'

/** `repository@digest`, without the tag that a name can have before the digest. */
const withoutTag = (image: string) => image.replace(/(:[^:/@]*)?@/, '@')
const repositoryOf = (image: string) => image.replace(/@.*$/, '').replace(/:[^:/]*$/, '')
const hasTag = (image: string) => !image.includes('@') || withoutTag(image) !== image

/** Whether a revision names an image by nothing but its digest. */
export const hasUntaggedImage = (revision: ServiceRevision | undefined) =>
  imagesOf(revision).some(({ image }) => image !== undefined && !hasTag(image))

/**
 * Returns a function that gives the name of an image in a release: with the tag that its digest had in the newest
 * release before it, otherwise in any release of the service; the image itself when no release had a tag for it.
 * @param releases all releases of the service, the highest number first
 */
export function imageNamesOf(
  releases: readonly ReleaseSummary[],
  revisions: ReadonlyMap<string, ServiceRevision>,
): (release: ReleaseSummary, image: string) => string {
  const named = new Map<string, { number: number; name: string }[]>()
  for (const { number, revision } of releases)
    for (const { image, imageDigest } of imagesOf(revisions.get(revision))) {
      if (image === undefined || imageDigest === undefined || !hasTag(image)) continue
      const key = `${repositoryOf(image)}@${imageDigest}`
      const names = named.get(key) ?? []
      named.set(key, names)
      names.push({ number: number ?? 0, name: image.replace(/@.*$/, '') })
    }
  return ({ number }, image) => {
    if (hasTag(image)) return image.replace(/@.*$/, '')
    const names = named.get(image) ?? []
    return (names.find((each) => each.number < (number ?? 0)) ?? names[0])?.name ?? image
  }
}

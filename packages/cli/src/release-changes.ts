/** Says in a few words what each release of a list changed of the one before it, such as `image, LEVEL`. */
import { isDeepStrictEqual } from 'node:util'
import type { Release, ReleaseDiff } from '@ecs-api/client'
import { undefinedIfRejected } from './undefined-if-rejected.ts'

/** A release, and what it changed of the one before it where that is known. */
export type ListedRelease = Release & { change?: string | undefined }

/** Compares two releases of the service by their numbers. */
type Compare = (from: number, to: number) => Promise<ReleaseDiff>

/** The gateway may have to read the task definitions of a comparison from AWS, so older releases get one word only. */
const maxCompared = 20
/** The most words for one release. */
const maxWords = 3

/**
 * Adds to each release the words on its change. A release that ECS rolled back left the service as it was, so the
 * release after it is compared with the one before it.
 * @param releases the newest first
 */
export function withReleaseChanges(releases: readonly Release[], compare: Compare): Promise<ListedRelease[]> {
  return Promise.all(
    releases.map(async (release, i) => {
      const before = releases.slice(i + 1).find(({ outcome }) => outcome !== 'rolled-back')
      return { ...release, change: await changeOf(release, before, i < maxCompared ? compare : undefined) }
    }),
  )
}

async function changeOf(
  release: Release,
  before: Release | undefined,
  compare: Compare | undefined,
): Promise<string | undefined> {
  if (release.restoredFrom !== null) return `restores ${release.restoredFrom}`
  if (release.release === 1) return 'first'
  if (before === undefined) return undefined
  if (release.taskDefinition === before.taskDefinition)
    return isDeepStrictEqual(settingsOf(release), settingsOf(before)) ? 'restart' : 'settings'
  const words = await compare?.(before.release, release.release).then(
    ({ changes }) => wordsOf(changes),
    undefinedIfRejected,
  )
  if (words !== undefined && words.length > 0) return shortened(words)
  return isDeepStrictEqual(imageNames(release), imageNames(before)) ? 'definition' : 'image'
}

const imageNames = ({ images }: Release) => images.map(({ container, image }) => `${container} ${image}`)

/** ECS may leave out an empty list. */
function settingsOf({ configuration }: Release): object {
  const isEmpty = (value: unknown) => Array.isArray(value) && value.length === 0
  return Object.fromEntries(Object.entries(configuration).filter(([, value]) => !isEmpty(value)))
}

/** The changed members by the names of people: `/containers/web/healthCheck/retries` is the health check. */
function wordsOf(changes: ReleaseDiff['changes']): string[] {
  const words = changes.flatMap(({ path }) => {
    const [part, name = '', member, key] = path.slice(1).split('/').map(unescapePointer)
    // The name of the definition and the digests of its images follow from the other changes.
    if (part === undefined || part === 'taskDefinition' || part === 'images') return []
    if (part === 'definition') return [spaced(name)]
    if (part !== 'containers') return [spaced(part)]
    if (member === undefined) return [`container ${name}`]
    return [member === 'environment' && key !== undefined ? key : spaced(member)]
  })
  return [...new Set(words)]
}

function shortened(words: readonly string[]): string {
  const [shown, others] = [words.slice(0, maxWords), words.length - maxWords]
  return others > 0 ? `${shown.join(', ')} and ${others} more` : shown.join(', ')
}

const unescapePointer = (segment: string) => segment.replaceAll('~1', '/').replaceAll('~0', '~')

const spaced = (member: string) => member.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

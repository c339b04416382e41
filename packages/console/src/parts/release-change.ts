/**
 * A few words on how a release differs from the one before: `restores release 2`, `restart`, `command, LEVEL`. Images
 * are named without registry and path.
 */
import type { Release, TaskDefinition } from '@ecs-api/client'
import { membersAddedOnRegistration } from '../facts/definition-facts.ts'
import { memberLabel, withLowerInitial } from '../facts/words.ts'
import { type Container, pairsOf } from '../forms/container-values.ts'
import { containerFieldLabel } from '../forms/field-label.ts'
import { nameOfImage, withShortDigest } from './image-name.tsx'
import { taskSize } from './task-size.ts'

const maxWords = 4

/**
 * The release that the service had before. A release that ECS rolled back is passed over: it left the service as it
 * was.
 * @param releases newest first
 */
export const releaseBefore = ({ release }: Release, releases: readonly Release[]) =>
  releases.find((each) => each.release < release && each.outcome !== 'rolled-back')

/**
 * The text of a release in a list of choices: how it differs, its task definition, and its images unless the difference
 * already names an image.
 */
export function contentOfRelease(release: Release, change: string | undefined): string {
  const images = release.images.map(({ container }) => withShortDigest(nameOfImage(release, container) ?? ''))
  const parts = [change, release.taskDefinition, ...(/\bimage /.test(change ?? '') ? [] : images)]
  return parts.filter(Boolean).join(', ')
}

/**
 * @param releases newest first; the older ones may be missing
 * @param definitionOf returns undefined while a task definition is not known
 * @returns undefined while it cannot be known
 */
export function changeOfRelease(
  release: Release,
  releases: readonly Release[],
  definitionOf: (name: string) => TaskDefinition | undefined,
): string | undefined {
  if (release.restoredFrom !== null) return `restores release ${release.restoredFrom}`
  const before = releaseBefore(release, releases)
  if (!before) return release.release === 1 ? 'first release' : undefined
  const configurationWords = wordsOnMembers(before.configuration ?? {}, release.configuration ?? {}, derivedMembers)
  const [oldName, newName] = [before.taskDefinition ?? '', release.taskDefinition ?? '']
  if (oldName === newName) {
    const words = [...wordsOnDigests(before, release), ...configurationWords]
    return words.length === 0 ? 'restart' : joined(words)
  }
  const [oldDefinition, newDefinition] = [definitionOf(oldName), definitionOf(newName)]
  if (!oldDefinition || !newDefinition) return undefined
  const imageOf = (container: string) => nameOfImage(release, container)
  const words = [...wordsOnDefinitions(oldDefinition, newDefinition, imageOf), ...configurationWords]
  return words.length === 0 ? `same content as ${oldName}` : joined(words)
}

const joined = (words: readonly string[]) =>
  words.length > maxWords
    ? `${words.slice(0, maxWords).join(', ')} and ${words.length - maxWords} more`
    : words.join(', ')

/** The members of a configuration that ECS derives from the others. */
const derivedMembers = new Set(['platformFamily', 'guardDutyEnabled', 'resolvedConfiguration'])

const isEmptyValue = (value: unknown) =>
  value === undefined || value === null || value === 0 || /^(\{\}|\[\])$/.test(JSON.stringify(value))

const differ = (before: unknown, after: unknown) =>
  !(isEmptyValue(before) && isEmptyValue(after)) && JSON.stringify(before) !== JSON.stringify(after)

const differingNames = (before: object, after: object): string[] => {
  const [old, next] = [before as Record<string, unknown>, after as Record<string, unknown>]
  return [...new Set([...Object.keys(old), ...Object.keys(next)])].filter((name) => differ(old[name], next[name]))
}

const wordsOnMembers = (before: object, after: object, omitted: ReadonlySet<string>): string[] =>
  differingNames(before, after)
    .filter((name) => !omitted.has(name))
    .map((name) => withLowerInitial(name === 'networkConfiguration' ? 'network' : memberLabel(name)))

/** The same tag can mean another image than before. */
const wordsOnDigests = (before: Release, after: Release): string[] =>
  after.images.flatMap(({ container, image, digest }) => {
    const old = before.images.find((each) => each.container === container)?.digest
    return digest && old && digest !== old ? [`new image of ${image}`] : []
  })

const separatelyComparedMembers: ReadonlySet<string> = new Set([
  ...membersAddedOnRegistration,
  'family',
  'containerDefinitions',
  'cpu',
  'memory',
])

function wordsOnDefinitions(
  before: TaskDefinition,
  after: TaskDefinition,
  imageOf: (container: string) => string | undefined,
): string[] {
  const oldContainers = (before.containerDefinitions ?? []) as Container[]
  const newContainers = (after.containerDefinitions ?? []) as Container[]
  const withNameOf = (containers: Container[], { name }: Container) => containers.find((each) => each.name === name)
  return [
    ...newContainers.flatMap((container) => {
      const old = withNameOf(oldContainers, container)
      if (!old) return [`container ${container.name} added`]
      const words = wordsOnContainer(old, container, imageOf(container.name ?? ''))
      return newContainers.length > 1 ? words.map((word) => `${word} of ${container.name}`) : words
    }),
    ...oldContainers.flatMap((each) => (withNameOf(newContainers, each) ? [] : [`container ${each.name} removed`])),
    ...(taskSize(before) === taskSize(after) ? [] : ['size']),
    ...wordsOnMembers(before, after, separatelyComparedMembers),
  ]
}

function wordsOnContainer(before: Container, after: Container, image: string | undefined): string[] {
  return differingNames(before, after).flatMap((member) => {
    if (member === 'image') return [`image ${(image ?? after.image ?? '').replace(/^.*\//, '')}`]
    if (member === 'environment' || member === 'secrets') {
      const valueMember = member === 'secrets' ? 'valueFrom' : 'value'
      return differingNames(pairsOf(before[member], valueMember), pairsOf(after[member], valueMember))
    }
    return [withLowerInitial(containerFieldLabel(member) ?? memberLabel(member))]
  })
}

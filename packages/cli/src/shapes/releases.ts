/** How releases of a service are shown to people. */
import type { Release, TaskDefinition } from '@ecs-api/client'
import type { Shape } from '../out/shape.ts'
import type { Style } from '../out/style.ts'
import type { ListedRelease } from '../release-changes.ts'
import { contentFields } from './task-definitions.ts'

const styleOfOutcome: Readonly<Record<Release['outcome'], Style>> = {
  stable: 'green',
  failed: 'red',
  'rolled-back': 'red',
  superseded: 'dim',
  'under-way': 'yellow',
}

const imagesOf = ({ images }: Release) => images.map(({ image, digest }) => image ?? digest ?? '?').join(', ')

export const releaseShape: Shape<ListedRelease> = {
  noun: 'releases',
  name: ({ release }) => String(release),
  columns: [
    { header: 'RELEASE', value: ({ release }) => release, rank: 10, kind: 'count' },
    { header: 'NOW', value: ({ isCurrent }) => (isCurrent ? 'current' : undefined), rank: 8 },
    { header: 'OUTCOME', value: ({ outcome }) => outcome, rank: 9, style: ({ outcome }) => styleOfOutcome[outcome] },
    { header: 'CHANGE', value: ({ change }) => change, rank: 7 },
    { header: 'DEFINITION', value: ({ taskDefinition }) => taskDefinition, rank: 6, kind: 'id' },
    { header: 'CREATED', value: ({ createdAt }) => createdAt, rank: 6, kind: 'time' },
    { header: 'BY', value: ({ by }) => by, rank: 5, kind: 'name' },
    { header: 'IMAGES', value: imagesOf, rank: 5, kind: 'address' },
  ],
  fields: (release) => [
    ['release', release.isCurrent ? `${release.release} (current)` : release.release],
    ['outcome', release.outcome, styleOfOutcome[release.outcome]],
    ['definition', release.taskDefinition],
    ...release.images.map(
      ({ container, image, digest }) => ['image', [container, image, digest].filter(Boolean).join('  ')] as const,
    ),
    ['by', release.by],
    ['restored from', release.restoredFrom],
    ['created', release.createdAt],
    ['arn', release.arn],
  ],
}

/** A release with the content of its task definition. */
export const releaseShapeWith = (
  definition: TaskDefinition,
  { showsValues }: { showsValues: boolean },
): Shape<Release> => ({
  ...releaseShape,
  fields: (release, now) => [...releaseShape.fields!(release, now), ...contentFields(definition, { showsValues })],
})

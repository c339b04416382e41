/** How releases of a service are shown to people. */
import type { Release, TaskDefinition } from '@ecs-api/client'
import { outcomeText } from '@ecs-api/client/words'
import type { ResourceView } from '../out/resource-view.ts'
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

/** `nginx:1.29`, or `nginx:1.29@sha256:…` where the definition names the image by its digest. */
const imageNameOf = ({ image, name, digest }: Release['images'][number]) =>
  image?.includes('@') && !name?.includes('@') ? `${name}@${digest}` : (image ?? digest ?? '?')

const imagesOf = ({ images }: Release) => images.map(imageNameOf).join(', ')

export const releaseView: ResourceView<ListedRelease> = {
  noun: 'releases',
  name: ({ release }) => String(release),
  columns: [
    { header: 'RELEASE', value: ({ release }) => release, keepPriority: 10, kind: 'count' },
    { header: 'NOW', value: ({ isCurrent }) => (isCurrent ? 'current' : undefined), keepPriority: 8 },
    {
      header: 'OUTCOME',
      value: ({ outcome }) => outcomeText(outcome),
      keepPriority: 9,
      style: ({ outcome }) => styleOfOutcome[outcome],
    },
    { header: 'CHANGE', value: ({ change }) => change, keepPriority: 7 },
    { header: 'DEFINITION', value: ({ taskDefinition }) => taskDefinition, keepPriority: 6, kind: 'id' },
    { header: 'CREATED', value: ({ createdAt }) => createdAt, keepPriority: 6, kind: 'time' },
    { header: 'BY', value: ({ by }) => by, keepPriority: 5, kind: 'name' },
    { header: 'IMAGES', value: imagesOf, keepPriority: 5, kind: 'address' },
  ],
  fields: (release) => [
    ['release', release.isCurrent ? `${release.release} (current)` : release.release],
    ['outcome', outcomeText(release.outcome), styleOfOutcome[release.outcome]],
    ['definition', release.taskDefinition],
    ...release.images.map(
      ({ container, name, digest }) => ['image', [container, name, digest].filter(Boolean).join('  ')] as const,
    ),
    ['by', release.by],
    ['restored from', release.restoredFrom],
    ['created', release.createdAt],
    ['arn', release.arn],
  ],
}

/** A release with the content of its task definition. */
export const releaseViewWith = (
  definition: TaskDefinition,
  { showsValues }: { showsValues: boolean },
): ResourceView<Release> => ({
  ...releaseView,
  fields: (release, now) => [...releaseView.fields!(release, now), ...contentFields(definition, { showsValues })],
})

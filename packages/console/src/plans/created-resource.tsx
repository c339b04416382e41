/** The part of a plan that creates a resource: the resource, as labelled lines. */
import type { Plan } from '@ecs-api/client'
import { type DefinitionLike, definitionGroups } from '../facts/definition-facts.ts'
import { FactGroups } from '../facts/fact-groups.tsx'
import { type FactGroup, rowsOfMembers } from '../facts/fact-values.ts'
import { serviceGroups } from '../facts/service-facts.ts'
import { useHiddenValues } from './hidden-values.ts'
import { HiddenValuesNote } from './hidden-values-note.tsx'

type Changes = Plan['changes']

/** Whether the changes make a resource: it has no member before, and a name or a definition afterwards. */
export const createsResource = (changes: Changes) =>
  changes.every(({ from }) => from === null) && changes.some(({ path }) => /^\/(name|definition)$/.test(path))

export function CreatedResource({ changes }: { changes: Changes }) {
  const values = useHiddenValues(changes.flatMap(byContainerMember))
  return (
    <>
      <FactGroups groups={groupsOf(values.changes)} />
      <HiddenValuesNote {...values} />
    </>
  )
}

const pointerSegment = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1')

/** A change of all containers as one change for each member, because a value is hidden by its path. */
function byContainerMember(change: Changes[number]): Changes {
  if (change.path !== '/containers') return [change]
  return Object.entries(change.to as Record<string, object>).flatMap(([container, members]) =>
    Object.entries(members).map(([member, to]) => ({
      path: `/containers/${pointerSegment(container)}/${pointerSegment(member)}`,
      from: null,
      to,
    })),
  )
}

const segmentsOf = (path: string) =>
  path
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))

function groupsOf(changes: Changes): FactGroup[] {
  const members: Record<string, unknown> = {}
  const containers: Record<string, Record<string, unknown>> = {}
  for (const { path, to } of changes) {
    const [first = '', container = '', member = ''] = segmentsOf(path)
    if (first !== 'containers') members[first] = to
    else containers[container] = { ...containers[container], [member]: to }
  }
  const { definition, name, ...others } = members
  if (definition !== undefined) {
    const { family = '' } = definition as DefinitionLike
    const containerDefinitions = Object.entries(containers).map(([each, containerMembers]) => ({
      name: each,
      ...containerMembers,
    }))
    return definitionGroups({ ...(definition as object), ...others, containerDefinitions }, `Task definition ${family}`)
  }
  if (others.taskDefinition !== undefined) return serviceGroups(members, `Service ${name}`)
  return [{ title: `Cluster ${name}`, rows: rowsOfMembers(others, {}, new Set(['status'])) }]
}

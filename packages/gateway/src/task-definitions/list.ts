import type { TaskDefinitionStatus } from '@aws-sdk/client-ecs'
import { familyAndRevision, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { itemsOfAllPages } from '../aws/reads/paging.ts'
import type { Caller } from '../http/caller.ts'
import { type Page, type PageQuery, pageOf } from '../http/list.ts'
import { definitionNameOf, type TaskDefinitionWithTags } from './get.ts'
import type { ListedTaskDefinition } from './schema.ts'

const statuses = ['ACTIVE', 'INACTIVE', 'DELETE_IN_PROGRESS'] as const

export interface TaskDefinitionFilter {
  family?: string
  status?: TaskDefinitionStatus | 'ALL'
  /** Only the newest revision of each family. */
  latest?: boolean
}

/** Lists the task definitions of families that the caller may use, by family, newest revision first. */
export async function listTaskDefinitions(
  account: Account,
  { mayUseFamily }: Pick<Caller, 'mayUseFamily'>,
  query: TaskDefinitionFilter & PageQuery,
): Promise<Page<ListedTaskDefinition>> {
  const all = (await collectTaskDefinitions(account, query)).filter(({ family }) => mayUseFamily(family))
  const listed = query.latest ? newestOfEachFamily(all) : all
  return pageOf(
    listed,
    { key: ({ family, revision }) => [family, revision], directions: ['ascending', 'descending'] },
    query,
  )
}

/** All task definitions with a status (default ACTIVE), in no particular order. */
export async function collectTaskDefinitions(
  account: Account,
  { family, status = 'ACTIVE' }: TaskDefinitionFilter,
): Promise<ListedTaskDefinition[]> {
  const wantedStatuses = status === 'ALL' ? statuses : [status]
  const found = new Map<string, ListedTaskDefinition>()
  await Promise.all(
    wantedStatuses.map(async (listedStatus) => {
      const arns = await itemsOfAllPages(async (nextToken) => {
        const page = await account
          .ecs()
          .listTaskDefinitions({ familyPrefix: family, status: listedStatus, maxResults: 100, nextToken })
        return { items: page.taskDefinitionArns, nextToken: page.nextToken }
      })
      for (const arn of arns) found.set(shortName(arn), listedTaskDefinition(arn, listedStatus))
    }),
  )
  for (const definition of recentlyChanged(account, found)) found.set(definition.name, definition)
  // ListTaskDefinitions matches every family that begins with `familyPrefix`, and recent writes can have another
  // status.
  return [...found.values()].filter(
    (item) =>
      wantedStatuses.some((listedStatus) => listedStatus === item.status) &&
      (family === undefined || item.family === family),
  )
}

/**
 * Revisions that the gateway has recently changed, in the state after the change. ListTaskDefinitions may still show
 * them in their earlier state.
 * @param found the revisions in AWS's list, by name
 */
function recentlyChanged(account: Account, found: ReadonlyMap<string, ListedTaskDefinition>): ListedTaskDefinition[] {
  const writes = account.recentWrites
  return writes.namesWithUnshownWrites('task definition').flatMap((name) => {
    const definition = writes.overlay<TaskDefinitionWithTags>('task definition', name, undefined)
    const status = found.get(name)?.status
    // When AWS's list has a later status than the recent write, the list is newer.
    if (!definition?.taskDefinitionArn) return []
    if (status && positionInLifecycle(status) > positionInLifecycle(definition.status)) return []
    const item = listedTaskDefinition(definition.taskDefinitionArn, definition.status ?? 'ACTIVE')
    return [{ ...item, name: definitionNameOf(definition) }]
  })
}

function positionInLifecycle(status: string | undefined): number {
  const order: readonly string[] = statuses
  return order.indexOf(status ?? '')
}

function listedTaskDefinition(arn: string, status: string): ListedTaskDefinition {
  const name = shortName(arn)
  const { family, revision } = familyAndRevision(name)
  return { name, family, revision: Number(revision), arn, status }
}

function newestOfEachFamily(all: readonly ListedTaskDefinition[]): ListedTaskDefinition[] {
  const newest = new Map<string, ListedTaskDefinition>()
  for (const item of all) if (item.revision > (newest.get(item.family)?.revision ?? 0)) newest.set(item.family, item)
  return [...newest.values()]
}

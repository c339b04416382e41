import type { TaskDefinitionStatus } from '@aws-sdk/client-ecs'
import { familyAndRevision, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { everyPage } from '../aws/reads/paging.ts'
import type { Caller } from '../http/caller.ts'
import { type Page, type PageQuery, page } from '../http/list.ts'
import { nameOf, type TaggedDefinition } from './get.ts'
import type { ListedTaskDefinition } from './schema.ts'

const statuses = ['ACTIVE', 'INACTIVE', 'DELETE_IN_PROGRESS'] as const

export interface TaskDefinitionFilter {
  family?: string
  status?: TaskDefinitionStatus | 'ALL'
  /** Only the newest of each family. */
  latest?: boolean
}

/** By family, newest revision first. */
export async function listTaskDefinitions(
  account: Account,
  { mayUseFamily }: Pick<Caller, 'mayUseFamily'>,
  query: TaskDefinitionFilter & PageQuery,
): Promise<Page<ListedTaskDefinition>> {
  const all = (await taskDefinitions(account, query)).filter(({ family }) => mayUseFamily(family))
  const shown = query.latest ? newestOfEach(all) : all
  return page(
    shown,
    { key: ({ family, revision }) => [family, revision], directions: ['ascending', 'descending'] },
    query,
  )
}

/** All task definitions of the status (default ACTIVE), in no order. */
export async function taskDefinitions(
  account: Account,
  { family, status = 'ACTIVE' }: TaskDefinitionFilter,
): Promise<ListedTaskDefinition[]> {
  const wanted = status === 'ALL' ? statuses : [status]
  const found = new Map<string, ListedTaskDefinition>()
  await Promise.all(
    wanted.map(async (one) => {
      const arns = await everyPage(async (nextToken) => {
        const listed = await account
          .ecs()
          .listTaskDefinitions({ familyPrefix: family, status: one, maxResults: 100, nextToken })
        return { items: listed.taskDefinitionArns, nextToken: listed.nextToken }
      })
      for (const arn of arns) found.set(shortName(arn), listed(arn, one))
    }),
  )
  for (const own of ownDefinitions(account, found)) found.set(own.name, own)
  // ECS takes a family for the beginning of one.
  return [...found.values()].filter(
    (item) => wanted.some((one) => one === item.status) && (family === undefined || item.family === family),
  )
}

/** What was registered, deregistered or deleted here and AWS's list may not show yet. */
function ownDefinitions(account: Account, found: ReadonlyMap<string, ListedTaskDefinition>): ListedTaskDefinition[] {
  const writes = account.ownWrites
  return writes.arns('task definition').flatMap((name) => {
    const own = writes.over<TaggedDefinition>('task definition', name, undefined)
    const status = found.get(name)?.status
    // A list shows the status only: one that is further than what was written is newer.
    if (!own?.taskDefinitionArn || (status && rank(status) > rank(own.status))) return []
    return [{ ...listed(own.taskDefinitionArn, own.status ?? 'ACTIVE'), name: nameOf(own) }]
  })
}

function rank(status: string | undefined): number {
  const order: readonly string[] = statuses
  return order.indexOf(status ?? '')
}

function listed(arn: string, status: string): ListedTaskDefinition {
  const name = shortName(arn)
  const { family, revision } = familyAndRevision(name)
  return { name, family, revision: Number(revision), arn, status }
}

function newestOfEach(all: readonly ListedTaskDefinition[]): ListedTaskDefinition[] {
  const newest = new Map<string, ListedTaskDefinition>()
  for (const item of all) if (item.revision > (newest.get(item.family)?.revision ?? 0)) newest.set(item.family, item)
  return [...newest.values()]
}

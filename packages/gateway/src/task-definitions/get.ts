/** Reads of task definitions: AWS's answer, overlaid with the gateway's recent writes, which AWS may not show yet. */
import type { Tag, TaskDefinition } from '@aws-sdk/client-ecs'
import { canReferTo, familyAndRevision, shortName } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import { NotFound } from '../problems/problem.ts'

/** A task definition with its tags. DescribeTaskDefinition returns the tags separately. */
export type TaskDefinitionWithTags = TaskDefinition & { tags?: Tag[] }

/**
 * The task definition as it is now.
 * @param ref a family (`web`: its newest ACTIVE revision), a revision (`web:7`, also when it is INACTIVE), or an ARN
 * @throws NotFound `TaskDefinitionNotFound`
 */
export async function getTaskDefinition(account: Account, ref: string): Promise<TaskDefinitionWithTags> {
  return (await findTaskDefinition(account, ref)) ?? throwNotFound(account, shortName(ref))
}

/** The task definition as it is now; undefined when there is none. @param ref as of `getTaskDefinition` */
export async function findTaskDefinition(account: Account, ref: string): Promise<TaskDefinitionWithTags | undefined> {
  const { family, revision } = familyAndRevision(ref)
  if (!canReferTo('task-definition', ref) || (revision !== undefined && !/^\d+$/.test(revision))) return undefined
  const answer = await describe(account, ref)
  return revision === undefined
    ? newestActive(account, family, answer)
    : account.recentWrites.overlay('task definition', shortName(ref), answer)
}

async function describe(account: Account, ref: string): Promise<TaskDefinitionWithTags | undefined> {
  try {
    const { taskDefinition, tags } = await account
      .ecs()
      .describeTaskDefinition({ taskDefinition: ref, include: ['TAGS'] })
    return taskDefinition && { ...taskDefinition, tags: tags ?? [] }
  } catch (error) {
    if (error instanceof NotFound) return undefined
    throw error
  }
}

/**
 * The newest ACTIVE revision among AWS's answer and the revisions that the gateway changed and AWS may not show yet.
 */
function newestActive(
  account: Account,
  family: string,
  answer: TaskDefinitionWithTags | undefined,
): TaskDefinitionWithTags | undefined {
  const writes = account.recentWrites
  const changed = writes
    .namesWithUnshownWrites('task definition')
    .filter((name) => familyAndRevision(name).family === family)
    .map((name) =>
      writes.overlay<TaskDefinitionWithTags>(
        'task definition',
        name,
        name === definitionNameOf(answer) ? answer : undefined,
      ),
    )
  const candidates = [...changed, answer && writes.overlay('task definition', definitionNameOf(answer), answer)]
  return candidates
    .filter((candidate) => candidate?.status === 'ACTIVE')
    .sort((a, b) => (b?.revision ?? 0) - (a?.revision ?? 0))[0]
}

/** `family:revision`. */
export function definitionNameOf(definition: TaskDefinition | undefined): string {
  return `${definition?.family}:${definition?.revision}`
}

function throwNotFound(account: Account, name: string): never {
  throw new NotFound('TaskDefinitionNotFound', `The account ${account.name} has no task definition "${name}".`, {
    next: `GET /v1/ecs/${account.name}/taskdefs lists the ACTIVE ones.`,
  })
}

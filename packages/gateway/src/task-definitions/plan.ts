/** Plans of changes to task definitions, for `?dryRun=true`. */
import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import type { Account } from '../aws/account.ts'
import { addBoundaryTag } from '../aws/boundary-tag.ts'
import { type Plan, planOf } from '../plans/plan.ts'
import { type PlannedCall, recordPlannedCalls } from '../plans/planning-account.ts'
import { runtimePreview } from '../plans/runtime-preview.ts'
import { type JsonObject, toApiShape } from '../shapes/to-api-shape.ts'
import { definitionDocument } from './definition-document.ts'
import type { FamilyDeregistration } from './deregister.ts'
import { withEcsDefaults } from './ecs-defaults.ts'
import { findTaskDefinition, type TaskDefinitionWithTags } from './get.ts'
import type { TaskDefinitionResource } from './schema.ts'

/** Plans a registration. The plan's changes are the differences from the family's newest ACTIVE revision. */
export async function planRegistration(
  account: Account,
  register: (planningAccount: Account) => Promise<unknown>,
): Promise<Plan> {
  const { calls } = await recordPlannedCalls(account, register)
  const input = calls[0]?.input as RegisterTaskDefinitionRequest
  const newest = await findTaskDefinition(account, input.family ?? '')
  const plan = planOf({
    calls,
    before: newest ? taggedDocument(newest) : {},
    after: taggedDocument({
      ...(newest ? withEcsDefaults(input) : input),
      tags: addBoundaryTag(account.boundaryTag, input.tags ?? []),
    }),
    effectOf: (call) => (newest ? effectOf(call) : effectOfFirstRevision(input)),
    runtimePreview: await runtimePreview(account, input.containerDefinitions ?? []),
  })
  if (!newest) return plan
  const base = `${newest.family}:${newest.revision}, the newest revision`
  const comparison =
    plan.changes.length === 0 ? `No field differs from ${base}.` : `The fields are compared with ${base}.`
  return {
    ...plan,
    effects: [...plan.effects, comparison],
    effectKinds: [...plan.effectKinds, 'comparison'],
  }
}

/** The document of a definition together with its tags, which `definitionDocument` leaves out. */
function taggedDocument(definition: TaskDefinitionWithTags | RegisterTaskDefinitionRequest): JsonObject {
  const { tags = [] } = definition
  return { ...definitionDocument(definition), ...toApiShape('RegisterTaskDefinitionRequest', { tags }) }
}

/** Plans the deregistration of a revision or of a family. */
export async function planDeregistration(
  account: Account,
  deregister: (planningAccount: Account) => Promise<TaskDefinitionResource | FamilyDeregistration>,
): Promise<Plan> {
  const { result, calls } = await recordPlannedCalls(account, deregister)
  const statuses = calls.flatMap(({ action, input }) => {
    const { taskDefinition, taskDefinitions = [] } = input as { taskDefinition?: string; taskDefinitions?: string[] }
    return action === 'DeregisterTaskDefinition'
      ? [{ name: taskDefinition ?? '', from: 'ACTIVE', to: 'INACTIVE' }]
      : taskDefinitions.map((name) => ({ name, from: 'INACTIVE', to: 'DELETE_IN_PROGRESS' }))
  })
  const before = new Map<string, object>()
  const after = new Map<string, object>()
  for (const { name, from, to } of statuses) {
    if (!before.has(name)) before.set(name, { status: from })
    after.set(name, { status: to })
  }
  return planOf({
    calls,
    before: Object.fromEntries(before) as never,
    after: Object.fromEntries(after) as never,
    effectOf,
    warnings: 'failures' in result && 'remaining' in result ? warningsOf(result as FamilyDeregistration) : [],
  })
}

function warningsOf({ remaining, failures }: FamilyDeregistration): string[] {
  const failed = failures.map(({ name, reason }) => `${name} cannot be deregistered: ${reason}`)
  return remaining === 0 ? failed : [...failed, `${remaining} more revisions were not looked at within 45 s.`]
}

const effectOfFirstRevision = ({ family }: RegisterTaskDefinitionRequest) =>
  `The new task definition ${family} is registered. No service uses it until it is deployed.`

function effectOf({ action, input }: PlannedCall): string | undefined {
  const { family, taskDefinition, taskDefinitions } = input as Record<string, unknown>
  switch (action) {
    case 'RegisterTaskDefinition':
      return `A new revision of ${family} is registered. No service uses it until it is deployed.`
    case 'DeregisterTaskDefinition':
      return `${taskDefinition} becomes INACTIVE: services that use it keep it, and new ones cannot use it.`
    case 'DeleteTaskDefinitions':
      return `${String(taskDefinitions)} is deleted when no task and no service uses it any more.`
    default:
      return undefined
  }
}

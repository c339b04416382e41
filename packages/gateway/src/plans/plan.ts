/** The plan of a change: the response to `?dryRun=true`. */
import { withoutSecrets } from '../access/without-secrets.ts'
import { BadRequest } from '../problems/problem.ts'
import type { JsonObject } from '../shapes/to-api-shape.ts'
import { type Change, differencesBetween } from './differences.ts'
import type { PlannedCall } from './planning-account.ts'

/**
 * `reaction`: the reaction of ECS to a call. `containers`: how the containers will run on this machine. `comparison`:
 * with which revision the fields are compared. `unchanged`: nothing changes.
 */
export const effectKinds = ['reaction', 'containers', 'comparison', 'unchanged'] as const
type EffectKind = (typeof effectKinds)[number]

export interface Plan {
  changes: Change[]
  calls: PlannedCall[]
  effects: string[]
  /** The kind of each sentence in `effects`. */
  effectKinds: EffectKind[]
  warnings: string[]
  configVersion?: string
}

interface PlanParts {
  calls: readonly PlannedCall[]
  /** The document before the change; `{}` for one that does not exist. */
  before: JsonObject
  after: JsonObject
  /** Returns a sentence about ECS's reaction to a call; undefined for a call that only prepares another call. */
  effectOf: (call: PlannedCall) => string | undefined
  /** How the containers that the change starts will run on this machine. */
  runtimePreview?: readonly string[]
  warnings?: readonly string[]
  configVersion?: string
}

export function planOf({
  calls,
  before,
  after,
  effectOf,
  runtimePreview = [],
  warnings = [],
  configVersion,
}: PlanParts): Plan {
  const reactions = calls.flatMap((call) => effectOf(call) ?? [])
  const isUnchanged = calls.length === 0
  return {
    changes: differencesBetween(before, after),
    calls: calls.map(({ action, input }) => ({ action, input: withoutSecrets(withoutClientToken(input)) as object })),
    effects: isUnchanged
      ? ['Nothing changes: everything has the requested values already.']
      : [...reactions, ...runtimePreview],
    effectKinds: isUnchanged
      ? ['unchanged']
      : [...reactions.map(() => 'reaction' as const), ...runtimePreview.map(() => 'containers' as const)],
    warnings: [...warnings],
    ...(configVersion !== undefined && { configVersion }),
  }
}

/** `clientToken` is random, so it would differ in each plan of the same change. */
function withoutClientToken(input: object): object {
  const { clientToken, ...others } = input as { clientToken?: string }
  return others
}

/** @throws BadRequest `InvalidQuery` for `?wait` together with `dryRun=true` */
export function rejectWaitWithDryRun({ dryRun, wait }: { dryRun: boolean; wait?: string | undefined }): void {
  if (!dryRun || wait === undefined) return
  const message = 'leave it out with dryRun=true, which changes nothing'
  throw new BadRequest('InvalidQuery', `?wait: ${message}.`, { errors: [{ in: 'query', name: 'wait', message }] })
}

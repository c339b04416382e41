/** The plan of a change: the response to `?dryRun=true`. */
import { withoutSecrets } from '../access/without-secrets.ts'
import { BadRequest } from '../problems/problem.ts'
import type { JsonObject } from '../shapes/to-api-shape.ts'
import { type Change, differencesBetween } from './differences.ts'
import type { PlannedCall } from './planning-account.ts'

/**
 * `reaction`: the reaction of ECS to a call. `containers`: how the containers will run on this machine. `comparison`:
 * with which revision the fields are compared. `unchanged`: nothing changes. Only in the plan of a rollback: `release`,
 * the content that is restored; `registration`, why a task definition is registered for it; `kept`, the settings that
 * no release has.
 */
export const effectKinds = [
  'reaction',
  'containers',
  'comparison',
  'unchanged',
  'release',
  'registration',
  'kept',
] as const
export type EffectKind = (typeof effectKinds)[number]

/** `circuit-breaker`: it is off. `simulation`: a fact about simulated containers. */
export const warningKinds = ['circuit-breaker', 'simulation', 'other'] as const

/** A warning of the kind `other` is its text alone. */
export type PlanWarning = string | { kind: (typeof warningKinds)[number]; text: string }

/** The members of a plan's response that have the warnings. */
export const warningMembers = (warnings: readonly PlanWarning[]) => ({
  warnings: warnings.map((each) => (typeof each === 'string' ? each : each.text)),
  warningKinds: warnings.map((each) => (typeof each === 'string' ? 'other' : each.kind)),
})

export interface Plan {
  changes: Change[]
  calls: PlannedCall[]
  effects: string[]
  /** The kind of each sentence in `effects`. */
  effectKinds: EffectKind[]
  warnings: string[]
  /** The kind of each sentence in `warnings`. */
  warningKinds: (typeof warningKinds)[number][]
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
  warnings?: readonly PlanWarning[]
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
    ...warningMembers(warnings),
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

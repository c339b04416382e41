/** A change that a form sends only once its plan is shown. `ChangeEnd` is the lower part of such a form. */
import { type Plan, ProblemError } from '@ecs-api/client'
import { type ReactNode, useId, useSyncExternalStore } from 'react'
import type { ApiRequest } from '../actions.ts'
import { client, connectionState } from '../live/client.ts'
import { useChange } from '../live/queries.ts'
import { Commands, curlCommand } from './copy.tsx'
import { PlanPanel, usePlan } from './plan.tsx'
import { Problem } from './problem.tsx'

interface ChangeOptions<Result> {
  account: string
  /** The request of the change; undefined while a field is empty or invalid. */
  request: ApiRequest | undefined
  /** Why `request` is undefined: the sentence that names the empty or invalid field. */
  incompleteReason?: string | undefined
  /** The reason why a complete request cannot be sent, such as a missing permission or confirmation. */
  blockedReason?: string | undefined
  /** The reason why a change with this plan cannot be sent, such as a plan without effect. */
  blockedByPlan?: (plan: Plan) => string | undefined
  /** Whether the API can plan this change (`?dryRun=true`; API.md lists these changes). */
  hasPlan?: boolean
  onDone: (result: Result) => void
}

export interface PlannedChange {
  request: ApiRequest | undefined
  hasPlan: boolean
  plan: ReturnType<typeof usePlan>
  isPending: boolean
  /** The error of the request that the form shows now; undefined once the form has changed. */
  error: unknown
  /** The resource has changed since the plan was made. */
  hasChangedMeanwhile: boolean
  /** Why the request cannot be sent now. */
  disabledReason: string | undefined
  send: () => void
}

const planPendingReason = 'The plan is being made.'

/** A plan without calls to AWS changes nothing, and its first effect is the reason. */
function whyNothingChanges(plan: Plan | undefined): string | undefined {
  return plan?.calls.length === 0 ? (plan.effects[0] ?? 'Nothing changes.') : undefined
}

export function usePlannedChange<Result>({
  account,
  request,
  incompleteReason = 'Nothing has changed yet.',
  blockedReason,
  blockedByPlan,
  hasPlan = true,
  onDone,
}: ChangeOptions<Result>): PlannedChange {
  const { lostAt } = useSyncExternalStore(connectionState.subscribe, connectionState.get)
  const plan = usePlan(hasPlan ? request : undefined)
  const change = useChange(account, ({ method, path, body }: ApiRequest) =>
    client.request<Result>(method, path, {
      body,
      ...(plan.data?.configVersion && { headers: { 'if-match': plan.data.configVersion } }),
    }),
  )
  const isOfThisRequest = JSON.stringify(change.variables) === JSON.stringify(request)
  const hasChangedMeanwhile = isOfThisRequest && change.error instanceof ProblemError && change.error.status === 412
  // After a rejection the plan is made again, and usually fails with the same error: it is shown only once.
  const planShowsError = change.error instanceof Error && plan.error?.message === change.error.message
  const disabledReason =
    (request ? blockedReason : incompleteReason) ??
    (lostAt === undefined ? undefined : 'The service does not respond.') ??
    (change.isPending ? 'The request is being sent.' : undefined) ??
    (hasPlan && plan.error ? 'The plan is rejected.' : undefined) ??
    (hasPlan && !plan.isSettled ? planPendingReason : undefined) ??
    (hasPlan ? whyNothingChanges(plan.data) : undefined) ??
    (plan.data && blockedByPlan?.(plan.data))
  return {
    request,
    hasPlan,
    plan,
    isPending: change.isPending,
    error: isOfThisRequest && !hasChangedMeanwhile && !planShowsError ? change.error : undefined,
    hasChangedMeanwhile,
    disabledReason,
    send: () => {
      if (request && disabledReason === undefined)
        change.mutate(request, { onSuccess: onDone, onError: () => void plan.refetch() })
    },
  }
}

/** The plan, the rejection, the button that sends, and the commands that do the same. */
export function ChangeEnd({
  change,
  buttonLabel,
  isDangerous = false,
  cli,
  confirmation,
  areFaultsAtFields = false,
  children,
}: {
  change: PlannedChange
  /** The label of the button. */
  buttonLabel: string
  isDangerous?: boolean
  cli: string
  /** Whether each field of the form shows its own fault, so that the panel of a rejection only names the fields. */
  areFaultsAtFields?: boolean
  /** Stands between the plan and the button. */
  confirmation?: ReactNode
  /** Further buttons. */
  children?: ReactNode
}) {
  const reasonId = useId()
  const { request, hasPlan, plan, isPending, error, hasChangedMeanwhile, disabledReason } = change
  return (
    <>
      {hasPlan && (
        <PlanPanel
          plan={request && plan.data}
          error={request && plan.error}
          areFaultsAtFields={areFaultsAtFields}
          isLoading={request !== undefined && !plan.isSettled}
        />
      )}
      {confirmation}
      {hasChangedMeanwhile && (
        <p className="waiting">The resource has changed since the plan was made. This is the new plan.</p>
      )}
      <Problem error={error} areFaultsAtFields={areFaultsAtFields} />
      <div className="row">
        <button
          type="submit"
          className={isDangerous ? 'danger' : 'primary'}
          aria-disabled={disabledReason !== undefined}
          aria-describedby={disabledReason === undefined ? undefined : reasonId}
          title={disabledReason}
        >
          {isPending ? 'Requested' : buttonLabel}
        </button>
        {children}
        <span
          id={reasonId}
          className={
            disabledReason === undefined || disabledReason === planPendingReason ? 'visually-hidden' : 'muted reason'
          }
        >
          {disabledReason}
        </span>
      </div>
      {request && <Commands cli={cli} curl={curlCommand(request.method, request.path, request.body)} />}
    </>
  )
}

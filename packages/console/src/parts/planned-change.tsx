/** A change that is sent only after its plan was seen: forms and dialogs of changes end with it. */
import { type Plan, ProblemError } from '@ecs-api/client'
import { type ReactNode, useId, useSyncExternalStore } from 'react'
import type { Request } from '../actions.ts'
import { client, connectionState } from '../live/client.ts'
import { useChange } from '../live/queries.ts'
import { Commands, curlOf } from './copy.tsx'
import { PlanPanel, usePlan } from './plan.tsx'
import { Problem } from './problem.tsx'

interface ChangeOptions<Result> {
  account: string
  /** Undefined while a field is missing. */
  request: Request | undefined
  /** The sentence that says which field is missing. */
  missing?: string | undefined
  /** The reason why a complete request cannot be sent, such as a missing permission or confirmation. */
  blocked?: string | undefined
  /** API.md names the changes that have a plan. */
  hasPlan?: boolean
  onDone: (result: Result) => void
}

export interface PlannedChange {
  request: Request | undefined
  hasPlan: boolean
  plan: ReturnType<typeof usePlan>
  isPending: boolean
  /** The rejection of the request as it stands. Gone once the form has changed. */
  error: unknown
  /** The resource has changed since its plan. */
  hasChangedMeanwhile: boolean
  /** Why it cannot be sent now. */
  disabled: string | undefined
  send: () => void
}

const planIsMade = 'The plan is being made.'

/** Without calls to AWS the effects of a plan have the reason. */
function whyNothingChanges(plan: Plan | undefined): string | undefined {
  return plan?.calls.length === 0 ? (plan.effects[0] ?? 'Nothing changes.') : undefined
}

export function usePlannedChange<Result>({
  account,
  request,
  missing = 'Nothing has changed yet.',
  blocked,
  hasPlan = true,
  onDone,
}: ChangeOptions<Result>): PlannedChange {
  const { lostAt } = useSyncExternalStore(connectionState.subscribe, connectionState.get)
  const plan = usePlan(hasPlan ? request : undefined)
  const change = useChange(account, ({ method, path, body }: Request) =>
    client.request<Result>(method, path, {
      body,
      ...(plan.data?.configVersion && { headers: { 'if-match': plan.data.configVersion } }),
    }),
  )
  const isOfRequest = JSON.stringify(change.variables) === JSON.stringify(request)
  const hasChangedMeanwhile = isOfRequest && change.error instanceof ProblemError && change.error.status === 412
  // The plan is made again after a rejection, and is mostly rejected for the same reason.
  const isInPlan = change.error instanceof Error && plan.error?.message === change.error.message
  const disabled =
    (request ? blocked : missing) ??
    (lostAt === undefined ? undefined : 'The service does not respond.') ??
    (change.isPending ? 'The request was sent.' : undefined) ??
    (hasPlan && plan.error ? 'The plan is rejected.' : undefined) ??
    (hasPlan && !plan.isSettled ? planIsMade : undefined) ??
    (hasPlan ? whyNothingChanges(plan.data) : undefined)
  return {
    request,
    hasPlan,
    plan,
    isPending: change.isPending,
    error: isOfRequest && !hasChangedMeanwhile && !isInPlan ? change.error : undefined,
    hasChangedMeanwhile,
    disabled,
    send: () => {
      if (request && disabled === undefined)
        change.mutate(request, { onSuccess: onDone, onError: () => void plan.refetch() })
    },
  }
}

/** The plan, the rejection, the button that sends, and the commands that do the same. */
export function ChangeEnd({
  change,
  verb,
  isDangerous = false,
  cli,
  confirmation,
  children,
}: {
  change: PlannedChange
  /** The label of the button. */
  verb: string
  isDangerous?: boolean
  cli: string
  /** Stands between the plan and the button. */
  confirmation?: ReactNode
  /** Further buttons. */
  children?: ReactNode
}) {
  const reasonId = useId()
  const { request, hasPlan, plan, isPending, error, hasChangedMeanwhile, disabled } = change
  return (
    <>
      {hasPlan && (
        <PlanPanel
          plan={request && plan.data}
          error={request && plan.error}
          isLoading={request !== undefined && !plan.isSettled}
        />
      )}
      {confirmation}
      {hasChangedMeanwhile && <p className="waiting">The resource has changed meanwhile. This is the new plan.</p>}
      <Problem error={error} />
      <div className="row">
        <button
          type="submit"
          className={isDangerous ? 'danger' : 'primary'}
          aria-disabled={disabled !== undefined}
          aria-describedby={disabled === undefined ? undefined : reasonId}
          title={disabled}
        >
          {isPending ? 'Requested' : verb}
        </button>
        {children}
        <span
          id={reasonId}
          className={disabled === undefined || disabled === planIsMade ? 'visually-hidden' : 'muted reason'}
        >
          {disabled}
        </span>
      </div>
      {request && <Commands cli={cli} curl={curlOf(request.method, request.path, request.body)} />}
    </>
  )
}

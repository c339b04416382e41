/** A change that a form sends only once its plan is shown. `PlanAndSendButton` is the lower part of such a form. */
import { type Plan, ProblemError } from '@ecs-api/client'
import { type ReactNode, useId, useRef, useSyncExternalStore } from 'react'
import type { ApiRequest } from '../actions.ts'
import { focusFaultyField, useFaultyFields } from '../forms/faulty-fields.ts'
import { FieldLink, FormErrors } from '../forms/form-errors.tsx'
import { client, connectionState } from '../live/client.ts'
import { useChange } from '../live/queries.ts'
import { Commands } from '../parts/copy.tsx'
import { curlCommand } from '../parts/curl-command.ts'
import { PrintableText, printable } from '../parts/printable-text.tsx'
import '../styles/forms.css'
import { type CombinedPlan, PlanPanel, usePlan } from './plan.tsx'

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
  /** The requests of the change, in their order; empty while a field is empty or invalid. */
  requests: readonly ApiRequest[]
  hasPlan: boolean
  plan: Pick<ReturnType<typeof usePlan>, 'error' | 'isSettled'> & { data: CombinedPlan | undefined }
  isPending: boolean
  /** The errors of the plan, and of the request that the form shows now; none while a field is empty or invalid. */
  errors: readonly unknown[]
  /** The resource has changed since the plan was made. */
  hasChangedMeanwhile: boolean
  /** Why the request cannot be sent now. */
  disabledReason: string | undefined
  send: () => void
}

/** A change whose plan is rejected cannot be sent, so it needs no confirmation. */
export const isPlanRejected = ({ requests, plan }: PlannedChange) =>
  requests.length > 0 && plan.error !== null && plan.error !== undefined

const planPendingReason = 'The plan is being made.'

/** Why no request can be sent now; undefined while the gateway responds. */
export function useConnectionReason(): string | undefined {
  const { lostAt } = useSyncExternalStore(connectionState.subscribe, connectionState.get)
  return lostAt === undefined ? undefined : 'The gateway does not respond.'
}

/** Why the plan forbids sending its request: it is pending, or rejected. */
export function blockingPlanReason({ error, isSettled }: PlannedChange['plan']): string | undefined {
  return error ? 'The plan is rejected.' : isSettled ? undefined : planPendingReason
}

export const sendingReason = (isPending: boolean) => (isPending ? 'The request is being sent.' : undefined)

/** A plan without calls to AWS changes nothing, and its first effect is the reason. */
export function noChangeReason(plan: Plan | undefined): string | undefined {
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
  const connectionReason = useConnectionReason()
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
    (!request ? incompleteReason : hasPlan && plan.error ? blockingPlanReason(plan) : blockedReason) ??
    connectionReason ??
    sendingReason(change.isPending) ??
    (hasPlan ? (blockingPlanReason(plan) ?? noChangeReason(plan.data)) : undefined) ??
    (plan.data && blockedByPlan?.(plan.data))
  return {
    requests: request ? [request] : [],
    hasPlan,
    plan,
    isPending: change.isPending,
    errors: [
      request && hasPlan && plan.error,
      isOfThisRequest && !hasChangedMeanwhile && !planShowsError && change.error,
    ].filter(Boolean),
    hasChangedMeanwhile,
    disabledReason,
    send: () => {
      if (request && disabledReason === undefined)
        change.mutate(request, { onSuccess: onDone, onError: () => void plan.refetch() })
    },
  }
}

/** The plan, the error of the request, the button that sends, and the commands that do the same. */
export function PlanAndSendButton({
  change,
  buttonLabel,
  isDangerous = false,
  cli,
  belowPlan,
  children,
}: {
  change: PlannedChange
  /** The label of the button. */
  buttonLabel: string
  isDangerous?: boolean
  /** The commands that do the same. */
  cli: string | readonly string[]
  /** Shown between the plan and the button, such as a field for a confirmation. */
  belowPlan?: ReactNode
  /** Further buttons. */
  children?: ReactNode
}) {
  const reasonId = useId()
  const row = useRef<HTMLDivElement>(null)
  const faultyFields = useFaultyFields(row)
  const [firstField, ...otherFields] = faultyFields
  const { requests, hasPlan, plan, isPending, errors, hasChangedMeanwhile, disabledReason } = change
  const isComplete = requests.length > 0
  // The plan is above the button: a reason that it shows is not repeated.
  const isReasonShown =
    disabledReason !== undefined &&
    disabledReason !== planPendingReason &&
    !(isComplete && plan.data?.effects.includes(disabledReason))
  return (
    <>
      {hasPlan && !isPlanRejected(change) && (
        <PlanPanel plan={isComplete ? plan.data : undefined} isLoading={isComplete && !plan.isSettled} />
      )}
      {belowPlan}
      {hasChangedMeanwhile && (
        <p className="waiting">The resource has changed since the plan was made. This is the new plan.</p>
      )}
      <FormErrors errors={errors} fields={faultyFields} onFocusField={(field) => focusFaultyField(row, field)} />
      <div className="row" ref={row}>
        <button
          type="submit"
          className={isDangerous ? 'danger' : 'primary'}
          aria-disabled={disabledReason !== undefined}
          aria-describedby={disabledReason === undefined ? undefined : reasonId}
          title={disabledReason && printable(disabledReason)}
        >
          {isPending ? 'Requested' : buttonLabel}
        </button>
        {children}
        {/* In a narrow window the errors can be outside it. */}
        {firstField && isReasonShown && (
          <span className="muted reason if-narrow">
            Correct{' '}
            <FieldLink name={firstField.name} field={firstField} onFocus={(field) => focusFaultyField(row, field)} />
            {otherFields.length > 0 && ` and ${otherFields.length} more`}.
          </span>
        )}
        <span
          id={reasonId}
          className={isReasonShown ? `muted reason${firstField ? ' unless-narrow' : ''}` : 'visually-hidden'}
        >
          <PrintableText text={disabledReason} />
        </span>
      </div>
      {isComplete && (
        <Commands cli={cli} curl={requests.map(({ method, path, body }) => curlCommand(method, path, body))} />
      )}
    </>
  )
}

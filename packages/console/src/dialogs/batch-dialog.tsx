/**
 * The dialog of one change of each of several resources: what will happen to each, or why it cannot be changed. Once
 * the changes are sent, the same dialog shows their results.
 */
import { type Plan, ProblemError } from '@ecs-api/client'
import { memo, useId, useState } from 'react'
import type { ApiRequest } from '../actions.ts'
import { type BatchChange, removeBatchWithoutFailure, startBatch, useBatches } from '../live/batches.ts'
import { planOf } from '../live/plan-request.ts'
import { useReadEach } from '../live/read-each.ts'
import { Commands, curlCommand } from '../parts/copy.tsx'
import { counted } from '../parts/counted.ts'
import { ExternalText, visible } from '../parts/external-text.tsx'
import { ProblemReference } from '../parts/problem.tsx'
import { Status } from '../parts/status.tsx'
import { PlannedCalls, PlannedChanges, PlannedEffects, renewAfterMs } from '../plans/plan.tsx'
import { useConnectionReason, whyNothingChanges } from '../plans/planned-change.tsx'
import { BatchResults } from './batch-results.tsx'
import { ConfirmField } from './confirm-field.tsx'
import { Dialog } from './dialog.tsx'
import { type ChangesDialogProps, type ResourceChange, subjectOf } from './resource-change.ts'

type BatchDialogProps = ChangesDialogProps & { list: string }

export function BatchDialog(props: BatchDialogProps) {
  const { changes, nouns, titleStart, onClose } = props
  const [batchId, setBatchId] = useState<number>()
  const batch = useBatches().find(({ id }) => id === batchId)
  // Resources that cannot be changed do not count.
  const possible = changes.filter(({ disabledReason }) => disabledReason === undefined)
  const titleOf = (counted: readonly { name: string }[]) => `${titleStart} ${subjectOf(counted, nouns)}`
  const title = batch?.title ?? titleOf(possible.length > 0 ? possible : changes)
  const close = () => {
    if (batch) removeBatchWithoutFailure(batch)
    onClose()
  }
  return (
    <Dialog title={title} onClose={close}>
      {batch ? (
        <BatchResults batch={batch} onClose={close} />
      ) : (
        <Preparation {...props} titleOf={titleOf} onStart={setBatchId} />
      )}
    </Dialog>
  )
}

/** Of more resources with one reason, the list shows only the number. */
const maxRowsOfReason = 3

/** Whether a change can be sent, and what it does. */
type Forecast =
  | { kind: 'pending' }
  | { kind: 'impossible'; reason: string; error?: unknown }
  | { kind: 'possible'; plan: Plan | undefined; effect?: string | undefined }

type PlanResult = { value?: Plan | undefined; error?: unknown } | undefined

function forecastOf(change: ResourceChange, hasPlan: boolean, planned: PlanResult): Forecast {
  const { request, disabledReason, effect } = change
  if (disabledReason !== undefined) return { kind: 'impossible', reason: disabledReason }
  if (!request) return { kind: 'pending' }
  if (!hasPlan) return { kind: 'possible', plan: undefined, effect }
  if (planned?.error !== undefined)
    return { kind: 'impossible', reason: String((planned.error as Error).message), error: planned.error }
  const plan = planned?.value
  if (!plan) return { kind: 'pending' }
  const reason = whyNothingChanges(plan)
  return reason === undefined ? { kind: 'possible', plan } : { kind: 'impossible', reason }
}

function Preparation({
  account,
  list,
  changes,
  nouns,
  labelFor,
  isDangerous = false,
  confirmText,
  fields,
  incompleteReason,
  hasPlan = true,
  doneText,
  titleOf,
  onClose,
  onStart,
}: BatchDialogProps & {
  /** The title of a batch of these changes. */
  titleOf: (changes: readonly BatchChange[]) => string
  onStart: (batchId: number) => void
}) {
  const reasonId = useId()
  const [typed, setTyped] = useState('')
  const connectionReason = useConnectionReason()
  const requestTexts = changes.map(({ request, disabledReason }) =>
    hasPlan && request && disabledReason === undefined ? JSON.stringify(request) : undefined,
  )
  const plans = useReadEach(
    requestTexts.filter((text) => text !== undefined),
    (text, signal) => planOf(JSON.parse(text) as ApiRequest, signal),
    renewAfterMs,
  )
  const forecasts = changes.map((change, i) => forecastOf(change, hasPlan, plans.of(requestTexts[i] ?? '')))
  const sent = changes.flatMap(({ name, request }, i): BatchChange[] => {
    const forecast = forecasts[i]
    return request && forecast?.kind === 'possible'
      ? [{ name, request, configVersion: forecast.plan?.configVersion ?? undefined }]
      : []
  })
  const pendingCount = forecasts.filter(({ kind }) => kind === 'pending').length
  const isIncomplete = changes.some(({ request, disabledReason }) => !request && disabledReason === undefined)
  const disabledReason =
    connectionReason ??
    (isIncomplete ? incompleteReason : undefined) ??
    (pendingCount > 0
      ? `The plans are being made: ${changes.length - pendingCount} of ${changes.length}.`
      : undefined) ??
    (sent.length === 0 ? `None of the ${nouns[1]} can be changed.` : undefined) ??
    (confirmText === undefined || typed === confirmText ? undefined : `Type ${confirmText} first.`)
  const reasonCounts = new Map<string, number>()
  for (const forecast of forecasts)
    if (forecast.kind === 'impossible' && forecast.error === undefined)
      reasonCounts.set(forecast.reason, (reasonCounts.get(forecast.reason) ?? 0) + 1)
  const foldedCounts = new Map([...reasonCounts].filter(([, count]) => count > maxRowsOfReason))
  const isFolded = (forecast: Forecast) => forecast.kind === 'impossible' && foldedCounts.has(forecast.reason)
  const commands = changes.filter((_, i) => forecasts[i]?.kind === 'possible')
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (disabledReason === undefined) onStart(startBatch({ account, list, title: titleOf(sent), doneText }, sent))
      }}
    >
      {fields}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled list must be reached by keyboard */}
      <ul className="batch" aria-label="Plan" aria-busy={pendingCount > 0} tabIndex={0}>
        {changes.map(({ name }, i) =>
          isFolded(forecasts[i]!) ? null : <ForecastRow key={name} name={name} {...forecasts[i]!} />,
        )}
        {[...foldedCounts].map(([reason, count]) => (
          <ForecastRow key={reason} name={counted(count, nouns)} kind="impossible" reason={reason} />
        ))}
      </ul>
      {confirmText !== undefined && <ConfirmField text={confirmText} typed={typed} onChange={setTyped} />}
      <div className="row">
        <button
          type="submit"
          className={isDangerous ? 'danger' : 'primary'}
          aria-disabled={disabledReason !== undefined}
          aria-describedby={reasonId}
          title={disabledReason && visible(disabledReason)}
        >
          {labelFor(sent.length)}
        </button>
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        {plans.hasErrors && (
          <button type="button" className="plain" onClick={plans.readFailedAgain}>
            Plan again
          </button>
        )}
        <span id={reasonId} className="muted reason">
          <ExternalText text={disabledReason} />
        </span>
      </div>
      {commands.length > 0 && (
        <Commands
          cli={commands.map(({ cli }) => cli).join('; ')}
          curl={commands
            .flatMap(({ request }) => (request ? curlCommand(request.method, request.path, request.body) : []))
            .join('; ')}
        />
      )}
    </form>
  )
}

interface ForecastRowProps {
  name: string
  kind: Forecast['kind']
  reason?: string
  error?: unknown
  plan?: Plan | undefined
  effect?: string | undefined
}

/** There may be thousands of rows: each is rendered again only when one of its properties has changed. */
const ForecastRow = memo(({ name, kind, reason, error, plan, effect }: ForecastRowProps) => (
  <li>
    <strong>
      <ExternalText text={name} />
    </strong>
    {kind === 'pending' && <span className="muted">…</span>}
    {reason !== undefined && <Status tone={error === undefined ? 'stopped' : 'bad'} text={reason} />}
    {error instanceof ProblemError && <ProblemReference error={error} />}
    {effect !== undefined && (
      <p>
        <ExternalText text={effect} />
      </p>
    )}
    {plan && <PlannedEffects plan={plan} />}
    {plan && plan.changes.length > 0 && <PlannedChanges plan={plan} />}
    {plan && <PlannedCalls calls={plan.calls} />}
  </li>
))

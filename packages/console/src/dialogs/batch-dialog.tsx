/**
 * The dialog that makes the same change to several resources. It shows the plan for each resource, or why the resource
 * cannot be changed, and then the results. It closes when all changes have succeeded.
 */
import { type Plan, ProblemError } from '@ecs-api/client'
import { memo, useContext, useEffect, useId, useState } from 'react'
import type { ApiRequest } from '../actions.ts'
import { ClearSelection } from '../lists/selection-bar.tsx'
import { type BatchChange, countItems, startBatch, useBatches } from '../live/batches.ts'
import { requestPlan } from '../live/plan-request.ts'
import { useReadEach } from '../live/read-each.ts'
import { Commands } from '../parts/copy.tsx'
import { counted } from '../parts/counted.ts'
import { curlCommand } from '../parts/curl-command.ts'
import { PrintableText, printable } from '../parts/printable-text.tsx'
import { ProblemReference } from '../parts/problem.tsx'
import { Status } from '../parts/status.tsx'
import { TextWithCode } from '../parts/text-with-code.tsx'
import { toast } from '../parts/toast.tsx'
import { PlannedCalls, PlannedChanges, PlannedEffects, planDelayMs } from '../plans/plan.tsx'
import { noChangeReason, useConnectionReason } from '../plans/planned-change.tsx'
import { BatchResults } from './batch-results.tsx'
import { Dialog, withShortNames } from './dialog.tsx'
import { type ChangesDialogProps, type ResourceChange, subjectOf } from './resource-change.ts'
import { TypeToConfirmField } from './type-to-confirm-field.tsx'

type BatchDialogProps = ChangesDialogProps & { listName: string }

export function BatchDialog(props: BatchDialogProps) {
  const { changes, nouns, titleStart, titleStartOfSeveral = titleStart, onClose } = props
  const [batchId, setBatchId] = useState<number>()
  const batch = useBatches().find(({ id }) => id === batchId)
  // The title counts only the resources that can be changed, if there are any.
  const changeable = changes.filter(({ disabledReason }) => disabledReason === undefined)
  const titleOf = (named: readonly { name: string }[]) =>
    `${named.length === 1 ? titleStart : titleStartOfSeveral} ${subjectOf(named, nouns)}`
  const title = batch?.title ?? titleOf(changeable.length > 0 ? changeable : changes)
  const clearSelection = useContext(ClearSelection)
  const close = () => {
    if (batchId !== undefined && !(batch && countItems(batch, 'failed') > 0)) clearSelection()
    onClose()
  }
  const isDone = batchId !== undefined && batch === undefined
  useEffect(() => {
    if (isDone) close()
  })
  return (
    <Dialog title={title} onClose={close}>
      {batch ? (
        <BatchResults batch={batch} onClose={close} />
      ) : (
        !isDone && <BatchPlanForm {...props} titleOf={titleOf} onStart={setBatchId} />
      )}
    </Dialog>
  )
}

/** When more resources than this have the same reason, one row shows the reason and their number. */
const maxRowsPerReason = 3

/** `The task has stopped.` of several: `They have stopped.` */
const reasonOfMany = (reason: string) =>
  reason.replace(/^The \w+ (has|is) /, (_, verb) => `They ${verb === 'has' ? 'have' : 'are'} `)

/** Whether a change can be sent, and its effects. */
type PlanOutcome =
  | { kind: 'pending' }
  | { kind: 'impossible'; reason: string; error?: unknown }
  | { kind: 'possible'; plan: Plan | undefined; effect?: string | undefined }

type PlanResult = { value?: Plan | undefined; error?: unknown } | undefined

function planOutcomeOf(change: ResourceChange, hasPlan: boolean, planned: PlanResult): PlanOutcome {
  const { request, disabledReason, effect } = change
  if (disabledReason !== undefined) return { kind: 'impossible', reason: disabledReason }
  if (!request) return { kind: 'pending' }
  if (!hasPlan) return { kind: 'possible', plan: undefined, effect }
  if (planned?.error !== undefined)
    return { kind: 'impossible', reason: String((planned.error as Error).message), error: planned.error }
  const plan = planned?.value
  if (!plan) return { kind: 'pending' }
  const reason = noChangeReason(plan)
  return reason === undefined ? { kind: 'possible', plan } : { kind: 'impossible', reason }
}

function BatchPlanForm({
  account,
  listName,
  changes,
  nouns,
  batchButtonLabel,
  isDangerous = false,
  textToType,
  fields,
  incompleteReason,
  hasPlan = true,
  doneText,
  doneSentence,
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
    (text, signal) => requestPlan(JSON.parse(text) as ApiRequest, signal),
    planDelayMs,
  )
  const outcomes = changes.map((change, i) => planOutcomeOf(change, hasPlan, plans.resultOf(requestTexts[i] ?? '')))
  const sendableChanges = changes.flatMap(({ name, request }, i): BatchChange[] => {
    const outcome = outcomes[i]
    return request && outcome?.kind === 'possible'
      ? [{ name, request, configVersion: outcome.plan?.configVersion ?? undefined }]
      : []
  })
  const pendingCount = outcomes.filter(({ kind }) => kind === 'pending').length
  const isIncomplete = changes.some(({ request, disabledReason }) => !request && disabledReason === undefined)
  const disabledReason =
    connectionReason ??
    (isIncomplete ? incompleteReason : undefined) ??
    (pendingCount > 0
      ? `The plans are being made: ${changes.length - pendingCount} of ${changes.length}.`
      : undefined) ??
    (sendableChanges.length === 0 ? `None of the ${nouns[1]} can be changed.` : undefined) ??
    (textToType === undefined || typed === textToType ? undefined : withShortNames(`Type ${textToType} first.`))
  const reasonCounts = new Map<string, number>()
  for (const outcome of outcomes)
    if (outcome.kind === 'impossible' && outcome.error === undefined)
      reasonCounts.set(outcome.reason, (reasonCounts.get(outcome.reason) ?? 0) + 1)
  const foldedCounts = new Map([...reasonCounts].filter(([, count]) => count > maxRowsPerReason))
  const isFolded = (outcome: PlanOutcome) =>
    outcome.kind === 'impossible' && outcome.error === undefined && foldedCounts.has(outcome.reason)
  const changesWithCommands = changes.filter((_, i) => outcomes[i]?.kind === 'possible')
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (disabledReason === undefined)
          onStart(
            startBatch(
              {
                account,
                listName,
                title: titleOf(sendableChanges),
                doneText,
                onDone: (names) =>
                  toast(names.length === 1 ? doneSentence(names[0]!) : `${counted(names.length, nouns)}: ${doneText}.`),
              },
              sendableChanges,
            ),
          )
      }}
    >
      {fields}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled list must be reached by keyboard */}
      <ul className="batch" aria-label="Plan" aria-busy={pendingCount > 0} tabIndex={0}>
        {changes.map(({ name }, i) =>
          isFolded(outcomes[i]!) ? null : <ChangeRow key={name} name={name} {...outcomes[i]!} />,
        )}
        {[...foldedCounts].map(([reason, count]) => (
          <ChangeRow key={reason} name={counted(count, nouns)} kind="impossible" reason={reasonOfMany(reason)} />
        ))}
      </ul>
      {textToType !== undefined && <TypeToConfirmField text={textToType} typed={typed} onChange={setTyped} />}
      <div className="row">
        <button
          type="submit"
          className={isDangerous ? 'danger' : 'primary'}
          aria-disabled={disabledReason !== undefined}
          aria-describedby={reasonId}
          title={disabledReason && printable(disabledReason)}
        >
          {batchButtonLabel(sendableChanges.length)}
        </button>
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        {plans.hasErrors && (
          <button type="button" className="plain" onClick={plans.retryFailed}>
            Plan again
          </button>
        )}
        <span id={reasonId} className="muted reason">
          <PrintableText text={disabledReason} />
        </span>
      </div>
      {changesWithCommands.length > 0 && (
        <Commands
          cli={changesWithCommands.map(({ cli }) => cli).join('; ')}
          curl={changesWithCommands
            .flatMap(({ request }) => (request ? curlCommand(request.method, request.path, request.body) : []))
            .join('; ')}
        />
      )}
    </form>
  )
}

interface ChangeRowProps {
  name: string
  kind: PlanOutcome['kind']
  reason?: string
  error?: unknown
  plan?: Plan | undefined
  effect?: string | undefined
}

/** There may be thousands of rows: each is rendered again only when one of its properties has changed. */
const ChangeRow = memo(({ name, kind, reason, error, plan, effect }: ChangeRowProps) => (
  <li>
    <strong>
      <PrintableText text={name} />
    </strong>
    {kind === 'pending' && <span className="muted">…</span>}
    {reason !== undefined && <Status tone={error === undefined ? 'stopped' : 'bad'} text={reason} />}
    {error instanceof ProblemError && <ProblemReference error={error} />}
    {effect !== undefined && (
      <p>
        <TextWithCode text={effect} />
      </p>
    )}
    {plan && <PlannedEffects plan={plan} />}
    {plan && plan.changes.length > 0 && <PlannedChanges plan={plan} />}
    {plan && <PlannedCalls calls={plan.calls} />}
  </li>
))

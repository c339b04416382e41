/** The results of a batch: each resource with its state, and with its problem where it failed. */
import { ProblemError } from '@ecs-api/client'
import { memo, useEffect, useRef } from 'react'
import {
  type Batch,
  type BatchItem,
  cancelWaiting,
  countItems,
  isRunning,
  progressOf,
  retryBatch,
  useBatches,
} from '../live/batches.ts'
import { PrintableText } from '../parts/printable-text.tsx'
import { ProblemReference } from '../parts/problem.tsx'
import { Status } from '../parts/status.tsx'
import { PlannedEffects } from '../plans/plan.tsx'
import { useConnectionReason } from '../plans/planned-change.tsx'
import { Dialog } from './dialog.tsx'

/** The dialog of a batch that was started before. It closes when all changes have succeeded. */
export default function BatchResultsDialog({ id, onClose }: { id: number; onClose: () => void }) {
  const batch = useBatches().find((each) => each.id === id)
  useEffect(() => {
    if (!batch) onClose()
  })
  if (!batch) return null
  return (
    <Dialog title={batch.title} onClose={onClose}>
      <BatchResults batch={batch} onClose={onClose} />
    </Dialog>
  )
}

export function BatchResults({ batch, onClose }: { batch: Batch; onClose: () => void }) {
  const closeButton = useRef<HTMLButtonElement>(null)
  const connectionReason = useConnectionReason()
  const { id, items, doneText } = batch
  const runs = isRunning(batch)
  const failedCount = countItems(batch, 'failed')
  // The button that had the focus has gone.
  useEffect(() => {
    if (!runs) closeButton.current?.focus()
  }, [runs])
  return (
    <>
      <p>
        {progressOf(batch)}
        {runs && '. The changes go on when this dialog is closed.'}
      </p>
      {runs && connectionReason !== undefined && <p className="waiting">{connectionReason} The rest waits for it.</p>}
      <div role="status" className="visually-hidden">
        {runs ? '' : progressOf(batch)}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled list must be reached by keyboard */}
      <ul className="batch" aria-label="Results" tabIndex={0}>
        {items.map((item) => (
          <ResultRow key={item.name} item={item} doneText={doneText} />
        ))}
      </ul>
      <div className="row">
        {!runs && failedCount > 0 && (
          <button type="button" className="primary" onClick={() => retryBatch(id)}>
            {failedCount === 1 ? 'Retry the failed one' : `Retry the ${failedCount} failed ones`}
          </button>
        )}
        {countItems(batch, 'waiting') > 0 && (
          <button type="button" onClick={() => cancelWaiting(id)}>
            Do not send the rest
          </button>
        )}
        <button type="button" ref={closeButton} onClick={onClose}>
          Close
        </button>
      </div>
    </>
  )
}

const ResultRow = memo(({ item, doneText }: { item: BatchItem; doneText: string }) => (
  <li>
    <strong>
      <PrintableText text={item.name} />
    </strong>
    <Result item={item} doneText={doneText} />
  </li>
))

function Result({ item: { state, error, newPlan }, doneText }: { item: BatchItem; doneText: string }) {
  switch (state) {
    case 'waiting':
      return <span className="muted">waiting</span>
    case 'sent':
      return <Status tone="changing" text="requested" />
    case 'done':
      return <Status tone="ok" text={doneText} />
    case 'failed':
      if (error === undefined) return <Status tone="waiting" text="not sent" />
      if (newPlan)
        return (
          <>
            <Status tone="bad" text="It has changed since the plan was made, and was left as it is. The new plan:" />
            <PlannedEffects plan={newPlan} />
          </>
        )
      return error instanceof ProblemError ? (
        <>
          <Status tone="bad" text={error.message} />
          <ProblemReference error={error} />
        </>
      ) : (
        <Status
          tone="bad"
          text="No response arrived: the result is unknown. A retry repeats the request, which changes nothing twice."
        />
      )
  }
}

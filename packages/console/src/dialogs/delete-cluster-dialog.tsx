/**
 * The dialog that deletes a cluster: first its services, then, as soon as their tasks have stopped, the cluster itself.
 * Nothing more is sent once the dialog is closed, except the deletions of services that were begun.
 */
import type { Service } from '@ecs-api/client'
import { useEffect, useRef, useState } from 'react'
import { Link } from 'wouter'
import { apiPath } from '../actions.ts'
import { countItems, isRunning, startBatch, useBatches } from '../live/batches.ts'
import { deleteClusterWhenEmpty, isRetryableRejection } from '../live/cluster-deletion.ts'
import { Commands } from '../parts/copy.tsx'
import { counted } from '../parts/counted.ts'
import { curlCommand } from '../parts/curl-command.ts'
import { PrintableText } from '../parts/printable-text.tsx'
import { Problem } from '../parts/problem.tsx'
import { shellWord } from '../parts/shell-command.ts'
import { toast } from '../parts/toast.tsx'
import { paths } from '../paths.ts'
import { PlanPanel, usePlan } from '../plans/plan.tsx'
import { useConnectionReason } from '../plans/planned-change.tsx'
import { BatchResults } from './batch-results.tsx'
import { fullName } from './changed-services.ts'
import { Dialog } from './dialog.tsx'
import { serviceDeletion } from './service-deletion.ts'
import { TypeToConfirmField } from './type-to-confirm-field.tsx'

interface DeleteClusterProps {
  account: string
  cluster: string
  /** The services of the cluster. */
  services: readonly Service[]
  onClose: () => void
  onDone: () => void
}

export default function DeleteClusterDialog({ account, cluster, services, onClose, onDone }: DeleteClusterProps) {
  // The list of the page becomes shorter while the services are deleted.
  const [initialServices] = useState(services)
  const [isStarted, setStarted] = useState(false)
  const [batchId, setBatchId] = useState<number>()
  const start = () => {
    if (initialServices.length > 0)
      setBatchId(
        startBatch(
          {
            account,
            listName: `${account} services`,
            title: `Delete the services of ${cluster}`,
            doneText: 'being deleted',
          },
          initialServices.map((service) => ({
            name: fullName(service),
            request: serviceDeletion(account, service),
            configVersion: undefined,
          })),
        ),
      )
    setStarted(true)
  }
  return (
    <Dialog title={`Delete the cluster ${cluster}`} onClose={onClose}>
      {isStarted ? (
        <DeletionProgress account={account} cluster={cluster} batchId={batchId} onClose={onClose} onDone={onDone} />
      ) : (
        <DeletionForm
          account={account}
          cluster={cluster}
          services={initialServices}
          onStart={start}
          onClose={onClose}
        />
      )}
    </Dialog>
  )
}

function DeletionForm({
  account,
  cluster,
  services,
  onStart,
  onClose,
}: Omit<DeleteClusterProps, 'onDone'> & { onStart: () => void }) {
  const [typed, setTyped] = useState('')
  const request = { method: 'DELETE' as const, path: apiPath(account, 'clusters', cluster) }
  const plan = usePlan(services.length > 0 ? undefined : request)
  const connectionReason = useConnectionReason()
  const isRejected = plan.error !== null && !isRetryableRejection(plan.error)
  const disabledReason =
    connectionReason ??
    (isRejected ? 'The plan is rejected.' : undefined) ??
    (typed === cluster ? undefined : `Type ${cluster} first.`)
  const nouns = ['service', 'services'] as const
  const reference = shellWord(`${account}/${cluster}`)
  const names = services.map((service) => shellWord(`${account}/${fullName(service)}`)).join(' ')
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (disabledReason === undefined) onStart()
      }}
    >
      {services.length > 0 ? (
        <section className="panel stack" aria-label="Plan">
          <h2>Plan</h2>
          <p>
            {services.length === 1 ? 'Its service is' : `Its ${counted(services.length, nouns)} are`} deleted first,
            with all tasks:{' '}
            {services.map((service, i) => (
              <span key={service.arn}>
                {i > 0 && ', '}
                <Link href={paths.service(account, cluster, service.name)}>
                  <PrintableText text={service.name} />
                </Link>
              </span>
            ))}
            .
          </p>
          <p>The cluster follows when the tasks have stopped: keep this dialog open until then.</p>
        </section>
      ) : isRetryableRejection(plan.error) ? (
        <section className="panel stack" aria-label="Plan">
          <h2>Plan</h2>
          <p className="waiting">
            <PrintableText text={firstSentenceOf(plan.error.message)} />
          </p>
          <p>Once you confirm, this dialog waits for that and then deletes the cluster.</p>
        </section>
      ) : (
        <PlanPanel plan={plan.data} error={plan.error} isLoading={!plan.isSettled} />
      )}
      {!isRejected && <TypeToConfirmField text={cluster} typed={typed} onChange={setTyped} />}
      <div className="row">
        <button type="submit" className="danger" aria-disabled={disabledReason !== undefined} title={disabledReason}>
          {services.length > 0 ? `Delete ${counted(services.length, nouns)} and the cluster` : 'Delete'}
        </button>
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        <span className="muted reason">
          <PrintableText text={disabledReason} />
        </span>
      </div>
      <Commands
        cli={[
          ...(services.length > 0 ? [`ecs-api services delete ${names} --force --wait`] : []),
          `ecs-api clusters delete ${reference} --wait`,
        ]}
        curl={curlCommand(request.method, request.path)}
      />
    </form>
  )
}

/** The first sentence of a problem: the obstacle, without the advice for a client of the API. */
const firstSentenceOf = (text: string) => text.split(/(?<=\.) /, 1)[0]!

function DeletionProgress({
  account,
  cluster,
  batchId,
  onClose,
  onDone,
}: Omit<DeleteClusterProps, 'services'> & { batchId: number | undefined }) {
  const batch = useBatches().find(({ id }) => id === batchId)
  const isReady =
    batchId === undefined || (batch !== undefined && !isRunning(batch) && countItems(batch, 'failed') === 0)
  const [reason, setReason] = useState<string>()
  const [error, setError] = useState<unknown>()
  const latestOnDone = useRef(onDone)
  latestOnDone.current = onDone
  /** Whether the deletion has succeeded or failed: closing the dialog then needs no message. */
  const isEnded = useRef(false)
  useEffect(() => {
    if (!isReady) return
    const abortController = new AbortController()
    deleteClusterWhenEmpty(account, cluster, { signal: abortController.signal, onWaiting: setReason }).then(
      () => {
        isEnded.current = true
        toast(`The cluster ${cluster} was deleted.`)
        latestOnDone.current()
      },
      (problem) => {
        if (abortController.signal.aborted) return
        isEnded.current = true
        setError(problem)
      },
    )
    return () => abortController.abort()
  }, [account, cluster, isReady])
  useEffect(
    () => () => {
      if (!isEnded.current) toast(`The cluster ${cluster} is not deleted: its dialog was closed before.`)
    },
    [cluster],
  )
  return (
    <div className="stack">
      {batch && <BatchResults batch={batch} onClose={onClose} />}
      {isReady && error === undefined && (
        <p role="status" className="waiting">
          <PrintableText text={reason === undefined ? 'The cluster is being deleted.' : firstSentenceOf(reason)} />
          {reason !== undefined && ' Then the cluster is deleted, while this dialog is open.'}
        </p>
      )}
      <Problem error={error} />
      {!batch && (
        <div className="row">
          <button type="button" onClick={onClose}>
            {error === undefined ? 'Do not delete the cluster' : 'Close'}
          </button>
        </div>
      )}
    </div>
  )
}

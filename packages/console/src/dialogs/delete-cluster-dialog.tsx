/**
 * The dialog that deletes a cluster: first its services, then, as soon as their tasks have stopped, the cluster itself.
 * Nothing more is sent once the dialog is closed, except the deletions of services that were begun.
 */
import type { Service } from '@ecs-api/client'
import { useEffect, useRef, useState } from 'react'
import { Link } from 'wouter'
import { apiPath } from '../actions.ts'
import { countOf, isRunning, startBatch, useBatches } from '../live/batches.ts'
import { deleteWhenEmpty, endsByItself } from '../live/cluster-deletion.ts'
import { Commands, curlCommand, shellWord } from '../parts/copy.tsx'
import { counted } from '../parts/counted.ts'
import { ExternalText } from '../parts/external-text.tsx'
import { Problem } from '../parts/problem.tsx'
import { toast } from '../parts/toast.tsx'
import { paths } from '../paths.ts'
import { PlanPanel, usePlan } from '../plans/plan.tsx'
import { useConnectionReason } from '../plans/planned-change.tsx'
import { BatchResults } from './batch-results.tsx'
import { fullName } from './changed-services.ts'
import { ConfirmField } from './confirm-field.tsx'
import { Dialog } from './dialog.tsx'
import { serviceDeletion } from './service-deletion.ts'

interface DeleteClusterProps {
  account: string
  cluster: string
  /** The services of the cluster. */
  services: readonly Service[]
  onClose: () => void
  onDone: () => void
}

export default function DeleteClusterDialog({ account, cluster, services, onClose, onDone }: DeleteClusterProps) {
  // The list becomes shorter while they are deleted.
  const [contents] = useState(services)
  const [isStarted, setStarted] = useState(false)
  const [batchId, setBatchId] = useState<number>()
  const start = () => {
    if (contents.length > 0)
      setBatchId(
        startBatch(
          {
            account,
            list: `${account} services`,
            title: `Delete the services of ${cluster}`,
            doneText: 'being deleted',
          },
          contents.map((service) => ({
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
        <Progress account={account} cluster={cluster} batchId={batchId} onClose={onClose} onDone={onDone} />
      ) : (
        <Question account={account} cluster={cluster} services={contents} onStart={start} onClose={onClose} />
      )}
    </Dialog>
  )
}

function Question({
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
  const isRejected = plan.error !== null && !endsByItself(plan.error)
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
                  <ExternalText text={service.name} />
                </Link>
              </span>
            ))}
            .
          </p>
          <p>The cluster follows when the tasks have stopped: keep this dialog open until then.</p>
        </section>
      ) : endsByItself(plan.error) ? (
        <section className="panel stack" aria-label="Plan">
          <h2>Plan</h2>
          <p className="waiting">
            <ExternalText text={sentenceOf(plan.error.message)} />
          </p>
          <p>Once you confirm, this dialog waits for that and then deletes the cluster.</p>
        </section>
      ) : (
        <PlanPanel plan={plan.data} error={plan.error} isLoading={!plan.isSettled} areFaultsAtFields={false} />
      )}
      {!isRejected && <ConfirmField text={cluster} typed={typed} onChange={setTyped} />}
      <div className="row">
        <button type="submit" className="danger" aria-disabled={disabledReason !== undefined} title={disabledReason}>
          {services.length > 0 ? `Delete ${counted(services.length, nouns)} and the cluster` : 'Delete'}
        </button>
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        <span className="muted reason">
          <ExternalText text={disabledReason} />
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

/** The first sentence: what is in the way, without what a client of the API has to do. */
const sentenceOf = (text: string) => text.split(/(?<=\.) /, 1)[0]!

function Progress({
  account,
  cluster,
  batchId,
  onClose,
  onDone,
}: Omit<DeleteClusterProps, 'services'> & { batchId: number | undefined }) {
  const batch = useBatches().find(({ id }) => id === batchId)
  const isReady = batchId === undefined || (batch !== undefined && !isRunning(batch) && countOf(batch, 'failed') === 0)
  const [reason, setReason] = useState<string>()
  const [error, setError] = useState<unknown>()
  const done = useRef(onDone)
  done.current = onDone
  /** Whether the deletion has succeeded or failed, so that the end of the dialog is no news. */
  const isEnded = useRef(false)
  useEffect(() => {
    if (!isReady) return
    const ending = new AbortController()
    deleteWhenEmpty(account, cluster, { signal: ending.signal, onWaiting: setReason }).then(
      () => {
        isEnded.current = true
        toast(`The cluster ${cluster} was deleted.`)
        done.current()
      },
      (problem) => {
        if (ending.signal.aborted) return
        isEnded.current = true
        setError(problem)
      },
    )
    return () => ending.abort()
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
          <ExternalText text={reason === undefined ? 'The cluster is being deleted.' : sentenceOf(reason)} />
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

/**
 * The dialog that deletes a cluster: first its services, then, as soon as their tasks have stopped, the cluster itself.
 * While a deletion of the cluster runs, the dialog shows how far it is.
 */
import type { Service } from '@ecs-api/client'
import { useEffect, useRef, useState } from 'react'
import { Link } from 'wouter'
import { apiPath } from '../actions.ts'
import { type Batch, useBatches } from '../live/batches.ts'
import {
  type ClusterDeletion,
  cancelClusterDeletion,
  isRetryableRejection,
  startClusterDeletion,
  useClusterDeletion,
} from '../live/cluster-deletion.ts'
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
import { Dialog, withShortNames } from './dialog.tsx'
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
  const deletion = useClusterDeletion(account, cluster)
  const batch = useBatches().find(({ id }) => id === deletion?.batchId)
  // The person can dismiss the results of a batch that failed.
  const runningDeletion = deletion?.isWaitingForTasks || batch ? deletion : undefined
  const hasRun = useRef(false)
  useEffect(() => {
    if (runningDeletion) hasRun.current = true
    else if (hasRun.current) onDone()
  })
  return (
    <Dialog title={`Delete the cluster ${cluster}`} onClose={onClose}>
      {runningDeletion ? (
        <DeletionProgress deletion={runningDeletion} batch={batch} onClose={onClose} />
      ) : (
        <DeletionForm account={account} cluster={cluster} services={initialServices} onClose={onClose} />
      )}
    </Dialog>
  )
}

function DeletionForm({ account, cluster, services, onClose }: Omit<DeleteClusterProps, 'onDone'>) {
  const [typed, setTyped] = useState('')
  const request = { method: 'DELETE' as const, path: apiPath(account, 'clusters', cluster) }
  const plan = usePlan(services.length > 0 ? undefined : request)
  const connectionReason = useConnectionReason()
  const isRejected = plan.error !== null && !isRetryableRejection(plan.error)
  const disabledReason =
    connectionReason ??
    (isRejected ? 'The plan is rejected.' : undefined) ??
    (typed === cluster ? undefined : withShortNames(`Type ${cluster} first.`))
  const nouns = ['service', 'services'] as const
  const reference = shellWord(`${account}/${cluster}`)
  const names = services.map((service) => shellWord(`${account}/${fullName(service)}`)).join(' ')
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (disabledReason !== undefined) return
        startClusterDeletion(
          account,
          cluster,
          services.map((service) => ({
            name: fullName(service),
            request: serviceDeletion(account, service),
            configVersion: undefined,
          })),
        )
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
          <p>The cluster follows when the tasks have stopped. Task definitions stay.</p>
        </section>
      ) : isRetryableRejection(plan.error) ? (
        <section className="panel stack" aria-label="Plan">
          <h2>Plan</h2>
          <p className="waiting">
            <PrintableText text={obstacleIn(plan.error.message)} />
          </p>
          <p>Once you confirm, the console waits for that and then deletes the cluster.</p>
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

/** The obstacle, without the advice for a client of the API. Ids of tasks are as short as everywhere in the console. */
const obstacleIn = (text: string) => text.split(/(?<=\.) /, 1)[0]!.replace(/\b([0-9a-f]{8})[0-9a-f]{24}\b/g, '$1')

function DeletionProgress({
  deletion: { account, cluster, isWaitingForTasks, reason, error },
  batch,
  onClose,
}: {
  deletion: ClusterDeletion
  batch: Batch | undefined
  onClose: () => void
}) {
  const cancel = () => {
    onClose()
    cancelClusterDeletion(account, cluster)
    if (error === undefined) toast(`The cluster ${cluster} is not deleted.`)
  }
  if (batch)
    return (
      <div className="stack">
        <p>The cluster follows when the tasks of its services have stopped.</p>
        <BatchResults batch={batch} onClose={onClose} />
      </div>
    )
  return (
    <div className="stack">
      {error === undefined && isWaitingForTasks && (
        <>
          <p role="status" className="waiting">
            <PrintableText text={reason === undefined ? 'The cluster is being deleted.' : obstacleIn(reason)} />
            {reason !== undefined && ' Then the cluster is deleted.'}
          </p>
          <p>This goes on when the dialog is closed, while the console stays open.</p>
        </>
      )}
      <Problem error={error} />
      <div className="row">
        <button type="button" onClick={error === undefined ? onClose : cancel}>
          Close
        </button>
        {error === undefined && (
          <button type="button" onClick={cancel}>
            Do not delete the cluster
          </button>
        )}
      </div>
    </div>
  )
}

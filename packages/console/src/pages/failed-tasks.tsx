/** The failed tasks of a deployment, grouped by reason. A group shows the cause of its first task. */
import type { ServiceDeployment } from '@ecs-api/client'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useTaskDiagnosis } from '../live/queries.ts'
import { CauseText } from '../parts/causes.tsx'
import { PrintableText } from '../parts/printable-text.tsx'
import { paths } from '../paths.ts'

type Failure = ServiceDeployment['taskFailures'][number]
interface ClusterOfAccount {
  account: string
  cluster: string
}

const maxLinks = 8
/** The first groups show a diagnosis. The others show only ECS's reason, because a diagnosis costs calls to AWS. */
const maxDiagnosed = 3

export function FailedTasks({
  deployment,
  children,
  ...clusterOfAccount
}: ClusterOfAccount & {
  deployment: ServiceDeployment
  /** Shown with the first group of failed tasks. */
  children?: ReactNode
}) {
  const { taskFailures, deploymentCircuitBreaker: breaker } = deployment
  const groups = [...Map.groupBy(taskFailures, ({ reason }) => reason).values()].sort((a, b) => b.length - a.length)
  return (
    <section className="stack">
      <h2>Failed tasks</h2>
      {groups.length === 0 && (
        <p className="muted">
          {breaker?.failureCount
            ? `${breaker.failureCount} failed. Their reasons are not known yet.`
            : 'No task of this deployment has failed.'}
        </p>
      )}
      {groups.map((failures, i) => (
        <section key={failures[0]!.reason} className="panel stack why" aria-label={failures[0]!.reason}>
          {i < maxDiagnosed ? (
            <DiagnosedFailure {...clusterOfAccount} failure={failures[0]!}>
              {i === 0 && children}
            </DiagnosedFailure>
          ) : (
            <ReasonText reason={failures[0]!.reason} />
          )}
          <p className="row">
            <span className="muted">{failures.length === 1 ? 'Task' : `${failures.length} tasks:`}</span>
            {failures.slice(0, maxLinks).map(({ task }) => (
              <Link
                key={task}
                className="mono"
                href={paths.task(clusterOfAccount.account, clusterOfAccount.cluster, task)}
              >
                {task.slice(0, 8)}
              </Link>
            ))}
            {failures.length > maxLinks && <span className="muted">and {failures.length - maxLinks} more</span>}
          </p>
        </section>
      ))}
    </section>
  )
}

function DiagnosedFailure({
  account,
  cluster,
  failure,
  children,
}: ClusterOfAccount & { failure: Failure; children: ReactNode }) {
  const diagnosis = useTaskDiagnosis(account, cluster, failure.task).data
  const [cause] = diagnosis?.causes ?? []
  if (!diagnosis || !cause) return <ReasonText reason={failure.reason} />
  return (
    <CauseText cause={cause} notChecked={diagnosis.notChecked}>
      {children}
    </CauseText>
  )
}

function ReasonText({ reason }: { reason: string }) {
  return (
    <pre>
      <PrintableText text={reason} />
    </pre>
  )
}

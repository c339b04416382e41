/** The tasks of a service by revision: one row for each task definition revision, one block for each task. */
import type { Service, ServiceDeployment, Task } from '@ecs-api/client'
import { type TaskState, taskSentence } from '@ecs-api/client/words'
import { Link } from 'wouter'
import { phaseOf } from '../live/task-phase.ts'
import { paths } from '../paths.ts'
import '../styles/lanes.css'
import { withoutMiddle } from './image-name.tsx'
import { PrintableText, printable } from './printable-text.tsx'
import { deploymentStatusText, toneOfTask } from './status.tsx'
import { Ago, useNow } from './time.tsx'

/** At most this number of blocks in a row. The table of tasks has the other tasks. */
const maxBlocks = 24
/** At most this number of blocks of ended tasks: a service whose tasks keep failing must not push the page down. */
const maxEndedBlocks = 6
/** At most this number of rows: those of the newest revisions. */
const maxRevisions = 4
/** The characters of a revision's name that fit in its column. */
const maxNameLength = 26
/** A task keeps its block for this time after it has stopped. */
const stoppedShownMs = 15 * 60_000

/** Sorts `web:10` after `web:9`. */
const byRevision = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true })

export function TasksByRevision({
  account,
  service,
  tasks,
  newestDeployment,
  isSteady,
}: {
  account: string
  service: Service
  tasks: Task[]
  newestDeployment: ServiceDeployment | undefined
  /** A steady service has no rows of revisions whose tasks have all stopped. */
  isSteady: boolean
}) {
  const now = useNow()
  const recentTasks = tasks.filter(
    (task) => task.lastStatus !== 'STOPPED' || now - Date.parse(task.stoppedAt ?? '') < stoppedShownMs,
  )
  const tasksWithRow = isSteady ? recentTasks.filter((task) => phaseOf(task) !== 'stopped') : recentTasks
  const definitions = [...new Set(tasksWithRow.map(({ taskDefinition }) => taskDefinition ?? ''))].sort((a, b) =>
    a === service.taskDefinition ? -1 : b === service.taskDefinition ? 1 : byRevision(b, a),
  )
  if (definitions.length === 0) return null
  return (
    <section className="panel lanes" aria-label="Tasks by revision">
      {definitions.slice(0, maxRevisions).map((definition) => {
        const revisionTasks = recentTasks.filter((task) => task.taskDefinition === definition)
        const { running, failed } = countsOf(service, definition, revisionTasks, now)
        const notHealthyYet = newestDeployment ? notHealthyYetIn(revisionTasks, newestDeployment, now) : []
        const [stopping, stopped] = [countIn(revisionTasks, now, 'stopping'), countIn(revisionTasks, now, 'stopped')]
        const tasksWithBlock = tasksWithBlockIn(revisionTasks)
        return (
          <div key={definition} className="lane-row">
            <strong title={printable(definition)}>
              <PrintableText text={withoutMiddle(definition, maxNameLength)} />
            </strong>
            <div className="lane">
              {tasksWithBlock.map((task) => {
                const { state, text: stateText } = taskSentence(task, now)
                const isNotHealthyYet = notHealthyYet.includes(task)
                const text = isNotHealthyYet ? `${stateText} It has not passed its health check yet.` : stateText
                return (
                  <Link
                    key={task.id}
                    href={paths.task(account, task.cluster, task.id)}
                    data-tone={toneOfTask(isNotHealthyYet ? 'starting' : state)}
                    title={printable(`${task.id.slice(0, 8)}: ${text}`)}
                  >
                    <span className="visually-hidden">
                      <PrintableText text={`${task.id.slice(0, 8)}: ${text}`} />
                    </span>
                  </Link>
                )
              })}
              {revisionTasks.length > tasksWithBlock.length && (
                <span className="muted">and {revisionTasks.length - tasksWithBlock.length} more</span>
              )}
            </div>
            <span className="muted">
              {[
                `${running} running`,
                ...(notHealthyYet.length > 0 ? [`${notHealthyYet.length} not healthy yet`] : []),
                ...(failed > 0 ? [`${failed} failed`] : []),
                ...(stopping > 0 ? [`${stopping} stopping`] : []),
                ...(stopped > 0 ? [`${stopped} stopped`] : []),
              ].join(', ')}
            </span>
          </div>
        )
      })}
      {definitions.length > maxRevisions && (
        <span className="muted whole">
          {definitions.length - maxRevisions === 1
            ? 'The tasks of an older revision are in the list below.'
            : `The tasks of ${definitions.length - maxRevisions} older revisions are in the list below.`}
        </span>
      )}
      {newestDeployment && (
        <>
          <span className="muted">
            <Ago at={newestDeployment.createdAt} />
          </span>
          <span className="muted">
            <PrintableText text={deploymentStatusText(newestDeployment)} />
          </span>
          <Link href={paths.deployment(account, service.cluster, service.name, newestDeployment.id)}>
            Show the deployment
          </Link>
        </>
      )}
    </section>
  )
}

/** The tasks that have a block, in the order of the list. */
function tasksWithBlockIn(tasks: readonly Task[]): Task[] {
  const ended = tasks.filter((task) => phaseOf(task) === 'stopped')
  const hidden = new Set(ended.slice(maxEndedBlocks))
  return tasks.filter((task) => !hidden.has(task)).slice(0, maxBlocks)
}

/** The running tasks of the deployment that have not passed their health checks, where they have such checks. */
function notHealthyYetIn(
  tasks: readonly Task[],
  { healthyTaskCount, targetServiceRevision }: ServiceDeployment,
  now: number,
): Task[] {
  if (healthyTaskCount === undefined) return []
  const deploymentId = `ecs-svc/${targetServiceRevision.arn.split('/').at(-1)}`
  return tasks.filter(
    (task) =>
      task.startedBy === deploymentId && task.healthStatus !== 'HEALTHY' && taskSentence(task, now).state === 'running',
  )
}

/**
 * A task that is being stopped keeps the status RUNNING at first, but ECS and the status sentence no longer count it.
 */
const countIn = (tasks: readonly Task[], now: number, ...states: TaskState[]) =>
  tasks.filter((task) => states.includes(taskSentence(task, now).state)).length

/**
 * The tasks of a revision. While it is being deployed, these are ECS's counts, as in the status sentence of the page.
 */
function countsOf({ deployments }: Service, definition: string, tasks: readonly Task[], now: number) {
  const deploymentsOfDefinition = deployments.filter(({ taskDefinition }) => taskDefinition === definition)
  if (deploymentsOfDefinition.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS'))
    return {
      running: deploymentsOfDefinition.reduce((sum, { runningCount }) => sum + runningCount, 0),
      failed: deploymentsOfDefinition.reduce((sum, { failedTasks = 0 }) => sum + failedTasks, 0),
    }
  return {
    running: countIn(tasks, now, 'running', 'unhealthy'),
    failed: countIn(tasks, now, 'failed'),
  }
}

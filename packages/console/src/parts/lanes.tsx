/** The tasks of a service by revision: one row for each task definition revision, one block for each task. */
import type { Service, ServiceDeployment, Task } from '@ecs-api/client'
import { type TaskState, taskSentence } from '@ecs-api/client/words'
import { Link } from 'wouter'
import { phaseOf } from '../live/task-phase.ts'
import { paths } from '../paths.ts'
import { ExternalText, visible } from './external-text.tsx'
import { deploymentStatusText, toneOfTask } from './status.tsx'
import { ClockTime, useNow } from './time.tsx'

/** Blocks in a row. The table of tasks has the other tasks. */
const maxBlocks = 24
/** Blocks of ended tasks in a row: a service whose tasks fail again and again must not push the page down. */
const maxEndedBlocks = 6
/** Rows of the chart. The rows of the newest revisions are shown. */
const maxLanes = 4
/** A stopped task has a block for this time. */
const stoppedShownMs = 15 * 60_000

/** Sorts `web:10` after `web:9`. */
const byRevision = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true })

export function RevisionLanes({
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
  const shown = tasks.filter(
    (task) => task.lastStatus !== 'STOPPED' || now - Date.parse(task.stoppedAt ?? '') < stoppedShownMs,
  )
  const listed = isSteady ? shown.filter((task) => phaseOf(task) !== 'stopped') : shown
  const definitions = [...new Set(listed.map(({ taskDefinition }) => taskDefinition ?? ''))].sort((a, b) =>
    a === service.taskDefinition ? -1 : b === service.taskDefinition ? 1 : byRevision(b, a),
  )
  if (definitions.length === 0) return null
  return (
    <section className="panel lanes" aria-label="Tasks by revision">
      {definitions.slice(0, maxLanes).map((definition) => {
        const laneTasks = shown.filter((task) => task.taskDefinition === definition)
        const { running, failed } = countsOf(service, definition, laneTasks, now)
        const unchecked = newestDeployment ? uncheckedIn(laneTasks, newestDeployment, now) : []
        const [stopping, stopped] = [countIn(laneTasks, now, 'stopping'), countIn(laneTasks, now, 'stopped')]
        const blocks = blocksOf(laneTasks)
        return (
          <div key={definition} className="lane-row">
            <strong>
              <ExternalText text={definition} />
            </strong>
            <div className="lane">
              {blocks.map((task) => {
                const { state, text: stateText } = taskSentence(task, now)
                const isUnchecked = unchecked.includes(task)
                const text = isUnchecked ? `${stateText} It has not passed its health check yet.` : stateText
                return (
                  <Link
                    key={task.id}
                    href={paths.task(account, task.cluster, task.id)}
                    data-tone={toneOfTask(isUnchecked ? 'starting' : state)}
                    title={visible(`${task.id.slice(0, 8)}: ${text}`)}
                  >
                    <span className="visually-hidden">
                      <ExternalText text={`${task.id.slice(0, 8)}: ${text}`} />
                    </span>
                  </Link>
                )
              })}
              {laneTasks.length > blocks.length && (
                <span className="muted">and {laneTasks.length - blocks.length} more</span>
              )}
            </div>
            <span className="muted">
              {[
                `${running} running`,
                ...(unchecked.length > 0 ? [`${unchecked.length} not healthy yet`] : []),
                ...(failed > 0 ? [`${failed} failed`] : []),
                ...(stopping > 0 ? [`${stopping} stopping`] : []),
                ...(stopped > 0 ? [`${stopped} stopped`] : []),
              ].join(', ')}
            </span>
          </div>
        )
      })}
      {definitions.length > maxLanes && (
        <span className="muted whole">
          {definitions.length - maxLanes === 1
            ? 'The tasks of an older revision are in the list below.'
            : `The tasks of ${definitions.length - maxLanes} older revisions are in the list below.`}
        </span>
      )}
      {newestDeployment && (
        <>
          <span className="muted">
            <ClockTime at={newestDeployment.createdAt} />
          </span>
          <span className="muted">
            <ExternalText text={deploymentStatusText(newestDeployment)} />
          </span>
          <Link href={paths.deployment(account, service.cluster, service.name, newestDeployment.id)}>Deployment</Link>
        </>
      )}
    </section>
  )
}

/** The tasks with blocks, in the order of the list. */
function blocksOf(tasks: readonly Task[]): Task[] {
  const ended = tasks.filter((task) => phaseOf(task) === 'stopped')
  const hidden = new Set(ended.slice(maxEndedBlocks))
  return tasks.filter((task) => !hidden.has(task)).slice(0, maxBlocks)
}

/** The running tasks of the deployment that have not passed their health checks, where they have such checks. */
function uncheckedIn(
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

/** A task that is being stopped keeps the status RUNNING at first, but ECS and the status sentence no longer count it. */
const countIn = (tasks: readonly Task[], now: number, ...states: TaskState[]) =>
  tasks.filter((task) => states.includes(taskSentence(task, now).state)).length

/** While a deployment is in progress these are ECS's own counts, so that they match the status sentence of the page. */
function countsOf({ deployments }: Service, definition: string, tasks: readonly Task[], now: number) {
  const ownDeployments = deployments.filter(({ taskDefinition }) => taskDefinition === definition)
  if (ownDeployments.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS'))
    return {
      running: ownDeployments.reduce((sum, { runningCount }) => sum + runningCount, 0),
      failed: ownDeployments.reduce((sum, { failedTasks = 0 }) => sum + failedTasks, 0),
    }
  return {
    running: countIn(tasks, now, 'running', 'unhealthy'),
    failed: countIn(tasks, now, 'failed'),
  }
}

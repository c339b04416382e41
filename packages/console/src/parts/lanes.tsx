/** One lane for each revision that has tasks, one block for each task. */
import type { Service, ServiceDeployment, Task } from '@ecs-api/client'
import { taskSentence } from '@ecs-api/client/words'
import { Link } from 'wouter'
import { paths } from '../paths.ts'
import { ExternalText, visible } from './external-text.tsx'
import { toneOfTask } from './status.tsx'
import { Exact, useNow } from './time.tsx'

/** Older failed tasks are left to the table. */
const maxBlocks = 24
/** Newer revisions first. */
const maxLanes = 4
const recentMs = 15 * 60_000

/** `web:10` comes after `web:9`. */
const byRevision = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true })

export function Lanes({
  account,
  service,
  tasks,
  newest,
}: {
  account: string
  service: Service
  tasks: Task[]
  newest: ServiceDeployment | undefined
}) {
  const now = useNow()
  const shown = tasks.filter(
    (task) => task.lastStatus !== 'STOPPED' || now - Date.parse(task.stoppedAt ?? '') < recentMs,
  )
  const definitions = [...new Set(shown.map(({ taskDefinition }) => taskDefinition ?? ''))].sort((a, b) =>
    a === service.taskDefinition ? -1 : b === service.taskDefinition ? 1 : byRevision(b, a),
  )
  if (definitions.length === 0) return null
  return (
    <section className="panel lanes" aria-label="Tasks by revision">
      {definitions.slice(0, maxLanes).map((definition) => {
        const own = shown.filter((task) => task.taskDefinition === definition)
        const { running, failed } = countsOf(service, definition, own, now)
        const stopped = own.filter((task) => toneOfTask(taskSentence(task, now).state) === 'stopped').length
        return (
          <div key={definition} className="lane-row">
            <strong>
              <ExternalText text={definition} />
            </strong>
            <div className="lane">
              {own.slice(0, maxBlocks).map((task) => {
                const { state, text } = taskSentence(task, now)
                return (
                  <Link
                    key={task.id}
                    href={paths.task(account, task.cluster, task.id)}
                    data-tone={toneOfTask(state)}
                    title={visible(`${task.id.slice(0, 8)}: ${text}`)}
                  >
                    <span className="visually-hidden">
                      <ExternalText text={`${task.id.slice(0, 8)}: ${text}`} />
                    </span>
                  </Link>
                )
              })}
              {own.length > maxBlocks && <span className="muted">and {own.length - maxBlocks} more</span>}
            </div>
            <span className="muted">
              {[
                `${running} running`,
                ...(failed > 0 ? [`${failed} failed`] : []),
                ...(stopped > 0 ? [`${stopped} replaced`] : []),
              ].join(', ')}
            </span>
          </div>
        )
      })}
      {definitions.length > maxLanes && (
        <span className="muted whole">
          Tasks of {definitions.length - maxLanes} older revisions are in the list below.
        </span>
      )}
      {newest && (
        <>
          <span className="muted">
            <Exact at={newest.createdAt} />
          </span>
          <span className="muted">
            <ExternalText text={newest.status.toLowerCase().replaceAll('_', ' ')} />
          </span>
          <Link href={paths.deployment(account, service.cluster, service.name, newest.id)}>Deployment</Link>
        </>
      )}
    </section>
  )
}

/** While a deployment is in progress, the counts are those of ECS, as in the sentence of the page. */
function countsOf({ deployments }: Service, definition: string, tasks: readonly Task[], now: number) {
  const own = deployments.filter(({ taskDefinition }) => taskDefinition === definition)
  if (own.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS'))
    return {
      running: own.reduce((sum, { runningCount }) => sum + runningCount, 0),
      failed: own.reduce((sum, { failedTasks = 0 }) => sum + failedTasks, 0),
    }
  return {
    running: tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
    failed: tasks.filter((task) => toneOfTask(taskSentence(task, now).state) === 'bad').length,
  }
}

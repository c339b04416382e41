/** The tasks of a service by revision: one lane for each present revision, one block for each task. */
import type { Service, ServiceDeployment, Task } from '@ecs-api/client'
import { Link } from 'wouter'
import { paths } from '../paths.ts'
import '../styles/lanes.css'
import { counted } from './counted.ts'
import { withoutMiddle } from './image-name.tsx'
import { type Lane, lanesOf } from './lanes.ts'
import { PrintableText, printable } from './printable-text.tsx'
import { deploymentStatusText, isUnfinished, toneOfTask } from './status.tsx'
import { sentenceOfTask } from './task-sentence.ts'
import { Ago, useNow } from './time.tsx'

/** The characters of a revision's name that fit in its column. */
const maxNameLength = 26

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
  isSteady: boolean
}) {
  const { cluster, name } = service
  const { lanes, olderCount } = lanesOf({ service, tasks, newestDeployment, isSteady, now: useNow() })
  if (lanes.length === 0) return null
  return (
    <section className="panel lanes" aria-label="Tasks by revision">
      {lanes.map((lane) => (
        <LaneRow
          key={`${lane.definition} ${lane.generation}`}
          account={account}
          lane={lane}
          newestDeployment={newestDeployment}
        />
      ))}
      {newestDeployment && (
        <div className="row whole">
          <span className="muted">
            <PrintableText text={deploymentStatusText(newestDeployment)} />
          </span>
          <span className="muted">
            <Ago at={newestDeployment.createdAt} goesOn={isUnfinished(newestDeployment)} />
          </span>
          <Link href={paths.deployment(account, cluster, name, newestDeployment.id)}>Show the deployment</Link>
          {olderCount > 0 && (
            <Link href={paths.serviceTab(account, cluster, name, 'deployments')}>
              {counted(olderCount, ['older revision', 'older revisions'])}
            </Link>
          )}
        </div>
      )}
    </section>
  )
}

function LaneRow({
  account,
  lane: { definition, generation, blocks, moreCount, text },
  newestDeployment,
}: {
  account: string
  lane: Lane
  newestDeployment: ServiceDeployment | undefined
}) {
  const now = useNow()
  return (
    <div className="lane-row">
      <span title={printable(definition)}>
        <strong>
          <PrintableText text={withoutMiddle(definition, maxNameLength)} />
        </strong>
        {generation && <span className="muted"> {generation}</span>}
      </span>
      <div className="lane">
        {blocks.map((task) => {
          const { state, text: stateText } = sentenceOfTask(task, newestDeployment, now)
          const title = `${task.id.slice(0, 8)}: ${stateText}`
          return (
            <Link
              key={task.id}
              href={paths.task(account, task.cluster, task.id)}
              data-tone={toneOfTask(state)}
              title={printable(title)}
            >
              <span className="visually-hidden">
                <PrintableText text={title} />
              </span>
            </Link>
          )
        })}
        {moreCount > 0 && <span className="muted">and {moreCount} more</span>}
      </div>
      <span className="muted">{text}</span>
    </div>
  )
}

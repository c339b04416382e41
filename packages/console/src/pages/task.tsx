/** One task: why did it stop, or not start? */
import { taskSentence } from '@ecs-api/client/words'
import { lazy, Suspense, useState } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import { apiPath, taskActions } from '../actions.ts'
import { useMe, useServiceOf, useTask, useTaskDiagnosis } from '../live/queries.ts'
import { serviceOf } from '../live/service-of.ts'
import { ActionButton } from '../parts/action-button.tsx'
import { ChangeDialog } from '../parts/change-dialog.tsx'
import { Commands, curlOf, quoted } from '../parts/copy.tsx'
import { ExternalText } from '../parts/external-text.tsx'
import { Facts } from '../parts/facts.tsx'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PageHead } from '../parts/page.tsx'
import { PublishedPorts } from '../parts/published-ports.tsx'
import { Sentence } from '../parts/sentence.tsx'
import { SimulatedNote } from '../parts/simulated.tsx'
import { toneOfTask } from '../parts/status.tsx'
import { Table } from '../parts/table.tsx'
import { taskSize } from '../parts/task-size.ts'
import { Ago, useNow } from '../parts/time.tsx'
import { Track } from '../parts/track.tsx'
import { detailOf, Why } from '../parts/why.tsx'
import { paths } from '../paths.ts'
import { lifeOf } from './task-life.ts'

const LogView = lazy(() => import('../parts/log.tsx'))

export function TaskPage({ account, cluster, id }: { account: string; cluster: string; id: string }) {
  const query = useTask(account, cluster, id)
  const diagnosis = useTaskDiagnosis(account, cluster, id).data
  const me = useMe()
  const now = useNow()
  const [, navigate] = useLocation()
  const [isStopping, setStopping] = useState(false)
  const hasLine = new URLSearchParams(useSearch()).has('at')
  const [showsLog, setShowsLog] = useState(hasLine)
  const task = query.data
  const said = task && taskSentence(task, now)
  const service = task && serviceOf(task)
  const hasRun = task?.startedAt !== undefined || task?.lastStatus !== 'STOPPED'
  const actions = taskActions(me, task, account, useServiceOf(account, task).data)
  const terminal = actions.find(({ fix }) => fix)
  const path = apiPath(account, 'clusters', cluster, 'tasks', id)
  return (
    <>
      <PageHead
        crumbs={[
          [account, paths.services(account)],
          [cluster, paths.cluster(account, cluster)],
          service === undefined ? ['Tasks', paths.tasks(account)] : [service, paths.service(account, cluster, service)],
        ]}
        title={`Task ${id.slice(0, 8)}`}
      >
        {task &&
          actions.map(({ fix, ...action }) => (
            <ActionButton
              key={action.id}
              action={action}
              onPress={() =>
                action.id === 'stop'
                  ? setStopping(true)
                  : navigate(paths.terminal(account, cluster, task.id, undefined))
              }
            />
          ))}
      </PageHead>
      {!task && <LoadingOrProblem query={query} what="the task" />}
      {task && said && (
        <>
          <div>
            <Sentence tone={toneOfTask(said.state)} text={said.text} detail={detailOf(diagnosis, said.detail)} />
          </div>
          <Why diagnosis={diagnosis} />
          {terminal?.fix && (
            <p className="panel row">
              <span>No terminal: {terminal.disabled}</span>
              <Link className="button" href={terminal.fix.to}>
                {terminal.fix.label}
              </Link>
            </p>
          )}
          <Track label="Life of the task" steps={lifeOf(task, now)} />
          <SimulatedNote account={account} />
          <div className="beside">
            <div className="stack">
              <h2>Containers</h2>
              <Table
                label="Containers"
                rows={task.containers}
                keyOf={({ name }) => name}
                empty="ECS names no container."
                columns={[
                  { title: 'Container', cell: ({ name }) => <ExternalText text={name} /> },
                  { title: 'Status', cell: ({ lastStatus }) => lastStatus ?? '' },
                  { title: 'Exit code', cell: ({ exitCode }) => exitCode ?? '' },
                  { title: 'Health', cell: ({ healthStatus }) => healthStatus ?? '' },
                  {
                    title: 'Image',
                    wide: true,
                    cell: ({ image }) => (
                      <code>
                        <ExternalText text={image} />
                      </code>
                    ),
                  },
                  { title: 'Reason', wide: true, cell: ({ reason }) => <ExternalText text={reason} /> },
                ]}
              />
              <h2 id="logs">Log</h2>
              {hasRun || showsLog ? (
                <Suspense fallback={<p className="muted">Loading.</p>}>
                  <LogView account={account} of={{ kind: 'task', cluster, name: id }} revision={task.taskDefinition} />
                </Suspense>
              ) : (
                <p className="row muted">
                  The task stopped before it ran.
                  <button type="button" onClick={() => setShowsLog(true)}>
                    Look for lines
                  </button>
                </p>
              )}
            </div>
            <Facts
              title="Facts"
              facts={[
                [
                  'Task definition',
                  task.taskDefinition && (
                    <Link href={paths.taskDefinition(account, task.taskDefinition)}>
                      <ExternalText text={task.taskDefinition} />
                    </Link>
                  ),
                ],
                ['Size', taskSize(task)],
                ['Address', task.address],
                ['Public address', task.publicAddress],
                ['Ports', (task.ports?.length ?? 0) > 0 && <PublishedPorts key="ports" ports={task.ports} />],
                ['Runs on', task.runtime],
                ['Started by', <ExternalText key="by" text={task.startedBy} />],
                ['Created', <Ago key="created" at={task.createdAt} />],
                [
                  'Id',
                  <code key="id">
                    <ExternalText text={task.id} />
                  </code>,
                ],
              ]}
            />
          </div>
          <Commands cli={`ecs-api tasks get ${quoted(`${account}/${cluster}/${id}`)}`} curl={curlOf('GET', path)} />
          {isStopping && (
            <ChangeDialog
              title={`Stop the task ${id.slice(0, 8)}`}
              account={account}
              hasPlan={false}
              request={{ method: 'DELETE', path }}
              cli={`ecs-api stop ${quoted(`${account}/${cluster}/${id}`)}`}
              verb="Stop"
              doneSentence={`Requested: the task ${id.slice(0, 8)} stops.`}
              onClose={() => setStopping(false)}
              fields={<p>A task of a service is replaced by another one.</p>}
            />
          )}
        </>
      )}
    </>
  )
}

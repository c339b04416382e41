/** The page of one task: its state, the cause of a failure, its containers and its log. */
import { hasRun, taskSentence } from '@ecs-api/client/words'
import { lazy, Suspense, useEffect, useState } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import { apiPath, taskActions } from '../actions.ts'
import { useMe, useServiceOfTask, useTask, useTaskDefinition, useTaskDiagnosis } from '../live/queries.ts'
import { serviceNameOf } from '../live/service-name.ts'
import { ActionButton } from '../parts/action-button.tsx'
import { Causes, detailBelowStatus } from '../parts/causes.tsx'
import { Commands } from '../parts/copy.tsx'
import { curlCommand } from '../parts/curl-command.ts'
import { FoldedJson } from '../parts/folded-json.tsx'
import { containersByHealthCheck } from '../parts/health-check.tsx'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { shellWord } from '../parts/shell-command.ts'
import { SimulatedNote } from '../parts/simulated.tsx'
import { toneOfTask } from '../parts/status.tsx'
import { StatusSentence } from '../parts/status-sentence.tsx'
import { StepList } from '../parts/step-list.tsx'
import { notHealthyYet } from '../parts/task-sentence.ts'
import { useNow } from '../parts/time.tsx'
import { paths } from '../paths.ts'
import { TaskContainers } from './task-containers.tsx'
import { TaskFacts } from './task-facts.tsx'
import { lifeStages } from './task-life.ts'

const LogView = lazy(() => import('../log/log.tsx'))
const MetricsView = lazy(() => import('../parts/metrics.tsx'))
const StopTasksDialog = lazy(() => import('../dialogs/stop-tasks-dialog.tsx'))

export function TaskPage({ account, cluster, id }: { account: string; cluster: string; id: string }) {
  const query = useTask(account, cluster, id)
  const diagnosis = useTaskDiagnosis(account, cluster, id).data
  const definition = useTaskDefinition(account, query.data?.taskDefinition ?? '').data
  const me = useMe()
  const now = useNow()
  const [, navigate] = useLocation()
  const [isStopping, setStopping] = useState(false)
  const search = useSearch()
  const [isLogRequested, setLogRequested] = useState(false)
  const [areMetricsRequested, setMetricsRequested] = useState(false)
  const task = query.data
  const plainSentence = task && taskSentence(task, now)
  const isNotHealthyYet =
    plainSentence?.state === 'running' &&
    task?.healthStatus !== 'HEALTHY' &&
    definition !== undefined &&
    containersByHealthCheck(definition).withCheck.length > 0
  const sentence = isNotHealthyYet ? notHealthyYet(plainSentence) : plainSentence
  const serviceName = task && serviceNameOf(task)
  // A task that has not stopped may still run.
  const mayHaveRun = task?.lastStatus !== 'STOPPED' || hasRun(task)
  const showsLog =
    isLogRequested ||
    ['at', 'container', 'since', 'until', 'text'].some((name) => new URLSearchParams(search).has(name))
  const owningService = useServiceOfTask(account, task).data
  const actions = taskActions(me, task, account, owningService)
  const terminal = actions.find(({ id }) => id === 'terminal')
  const fixableAction = actions.find(({ fix }) => fix)
  const path = apiPath(account, 'clusters', cluster, 'tasks', id)
  const isLoaded = task !== undefined
  // The router does not scroll to the fragment of an address.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a link to the log of another container changes the search
  useEffect(() => {
    if (isLoaded && location.hash === '#logs') document.getElementById('logs')?.scrollIntoView()
  }, [isLoaded, search])
  return (
    <>
      <PageHead
        crumbs={[
          [account, paths.services(account)],
          [cluster, paths.cluster(account, cluster)],
          serviceName === undefined
            ? ['Tasks', paths.tasks(account)]
            : [serviceName, paths.service(account, cluster, serviceName)],
        ]}
        title={`Task ${id.slice(0, 8)}`}
      >
        {task &&
          actions.map(({ fix, ...action }) => (
            <ActionButton
              key={action.id}
              action={action}
              onPress={() =>
                action.id === 'stop' ? setStopping(true) : navigate(paths.terminal(account, cluster, task.id))
              }
            />
          ))}
      </PageHead>
      {!task && (
        <LoadingOrProblem query={query} subject="the task" list={['All tasks', paths.tasks(account, { cluster })]} />
      )}
      {task && sentence && (
        <>
          <div>
            <StatusSentence
              tone={toneOfTask(sentence.state)}
              text={sentence.text}
              // The sentence of a task that its service needs no longer says it all.
              detail={
                /^Scaling activity/.test(sentence.detail ?? '')
                  ? undefined
                  : detailBelowStatus(diagnosis, sentence.detail)
              }
            />
          </div>
          <Causes diagnosis={diagnosis} />
          {fixableAction?.fix && (
            <p className="panel row">
              <span>No terminal: {fixableAction.disabledReason}</span>
              <Link className="button" href={fixableAction.fix.href}>
                {fixableAction.fix.label}
              </Link>
            </p>
          )}
          <StepList label="Life of the task" steps={lifeStages(task, now)} />
          <SimulatedNote account={account} />
          <div className="beside">
            <div className="stack">
              <h2>Containers</h2>
              <TaskContainers
                account={account}
                task={task}
                definition={definition}
                hasTerminal={terminal?.disabledReason === undefined}
              />
              <h2 id="logs">Log</h2>
              {mayHaveRun || showsLog ? (
                <Suspense fallback={<p className="muted">Loading.</p>}>
                  <LogView
                    account={account}
                    owner={{ kind: 'task', cluster, name: id }}
                    runningRevision={task.taskDefinition}
                    hasEnded={task.lastStatus === 'STOPPED'}
                  />
                </Suspense>
              ) : (
                <p className="row muted">
                  The task stopped before its containers ran.
                  <button type="button" onClick={() => setLogRequested(true)}>
                    Show the log
                  </button>
                </p>
              )}
              {mayHaveRun && <h2>Metrics</h2>}
              {mayHaveRun &&
                (areMetricsRequested || new URLSearchParams(search).has('period') ? (
                  <Suspense fallback={<p className="muted">Loading.</p>}>
                    <MetricsView account={account} owner={{ kind: 'task', cluster, name: id }} />
                  </Suspense>
                ) : (
                  <p>
                    <button type="button" onClick={() => setMetricsRequested(true)}>
                      Show the metrics
                    </button>
                  </p>
                ))}
            </div>
            <TaskFacts account={account} task={task} owningService={owningService} />
          </div>
          <FoldedJson resource={task} />
          <Commands
            cli={`ecs-api tasks get ${shellWord(`${account}/${cluster}/${id}`)}`}
            curl={curlCommand('GET', path)}
          />
          <Suspense fallback={null}>
            {isStopping && <StopTasksDialog account={account} tasks={[task]} onClose={() => setStopping(false)} />}
          </Suspense>
        </>
      )}
    </>
  )
}

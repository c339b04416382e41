import type { Me, ServiceDeployment, Task } from '@ecs-api/client'
import { hasRun } from '@ecs-api/client/words'
import { lazy, Suspense, useState } from 'react'
import { Link } from 'wouter'
import { actionsOnSeveral, disabledReasonOf, taskActions } from '../actions.ts'
import { SelectionBar } from '../lists/selection-bar.tsx'
import { type Column, Table } from '../lists/table.tsx'
import { useMe } from '../live/queries.ts'
import { useSelection } from '../live/selection.ts'
import { serviceNameOf } from '../live/service-name.ts'
import { DefinitionLink } from '../parts/definition-link.tsx'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { PrintableText, printable } from '../parts/printable-text.tsx'
import { TaskStatus } from '../parts/status.tsx'
import { isReachable, TaskAddress } from '../parts/task-address.tsx'
import { Ago } from '../parts/time.tsx'
import { paths } from '../paths.ts'

const StopTasksDialog = lazy(() => import('../dialogs/stop-tasks-dialog.tsx'))

/** The `cluster/service` of a task, or its `cluster/group` if no service started it. */
const serviceOrGroup = (task: Task) => `${task.cluster}/${serviceNameOf(task) ?? task.group ?? ''}`

const terminalAction = (me: Me | undefined, task: Task, account: string) =>
  taskActions(me, task, account).find(({ id }) => id === 'terminal')

const keyOf = ({ arn }: Task) => arn

/** On the page of a service the status, which says how long a task runs, needs the room of this column. */
const startedColumn: Column<Task> = {
  title: 'Started',
  sortBy: ({ startedAt }) => startedAt ?? '',
  cell: (task) =>
    task.startedAt === undefined && hasRun(task) ? (
      <span className="muted" title="A container ended before ECS counted the task as started.">
        not recorded
      </span>
    ) : (
      <Ago at={task.startedAt} />
    ),
}

export function TaskTable({
  account,
  tasks,
  allTasks,
  query,
  newestDeployment,
  showsService = false,
  emptyText = 'There are no tasks.',
}: {
  account: string
  /** The tasks that the filter shows. */
  tasks: Task[] | undefined
  /** All of them, also those that the filter hides. */
  allTasks: Task[] | undefined
  query: { error: unknown; isPending: boolean }
  /** The newest deployment of the service whose tasks these are; absent for tasks of several services. */
  newestDeployment?: ServiceDeployment | undefined
  showsService?: boolean
  emptyText?: string | undefined
}) {
  const me = useMe()
  const selection = useSelection(allTasks, keyOf)
  const [stopping, setStopping] = useState<Task>()
  const listName = `${account} tasks`
  if (!tasks) return <LoadingOrProblem query={query} subject="the tasks" />
  return (
    <>
      <Table
        label="Tasks"
        hasOneLineRows
        rows={tasks}
        keyOf={keyOf}
        selection={{ ...selection, nameOf: ({ id }) => id.slice(0, 8) }}
        emptyText={emptyText}
        columns={[
          {
            title: 'Task',
            sortBy: ({ id }) => id,
            cell: (task) => (
              <Link className="mono" href={paths.task(account, task.cluster, task.id)}>
                <PrintableText text={task.id.slice(0, 8)} />
              </Link>
            ),
          },
          ...(showsService
            ? [
                {
                  title: 'Service',
                  sortBy: serviceOrGroup,
                  cell: (task: Task) => {
                    const service = serviceNameOf(task)
                    const text = <PrintableText text={serviceOrGroup(task)} />
                    return service === undefined ? (
                      text
                    ) : (
                      <Link
                        href={paths.service(account, task.cluster, service)}
                        title={printable(serviceOrGroup(task))}
                      >
                        {text}
                      </Link>
                    )
                  },
                },
              ]
            : []),
          {
            title: 'Status',
            hasOwnLineOnPhone: true,
            sortBy: ({ lastStatus }) => lastStatus,
            cell: (task) => <TaskStatus task={task} newestDeployment={newestDeployment} />,
          },
          {
            title: 'Address',
            sortBy: ({ publicAddress, address }) => publicAddress ?? address ?? '',
            isOmittedWhenEmpty: true,
            cell: (task) => isReachable(task) && <TaskAddress task={task} />,
          },
          {
            title: 'Task definition',
            sortBy: ({ taskDefinition }) => taskDefinition ?? '',
            cell: ({ taskDefinition }) => <DefinitionLink account={account} name={taskDefinition} />,
          },
          ...(showsService ? [startedColumn] : []),
          {
            title: 'Actions',
            cell: (task) => (
              <span className="row" data-no-e={terminalAction(me, task, account)?.disabledReason}>
                {task.lastStatus === 'STOPPED' ? (
                  <Link data-key="w" href={paths.task(account, task.cluster, task.id)}>
                    Why
                    <span className="visually-hidden">
                      {' '}
                      <PrintableText text={task.id.slice(0, 8)} /> stopped
                    </span>
                  </Link>
                ) : (
                  terminalAction(me, task, account)?.disabledReason === undefined && (
                    <Link data-key="e" href={paths.terminal(account, task.cluster, task.id)}>
                      Terminal
                      <span className="visually-hidden">
                        {' '}
                        of <PrintableText text={task.id.slice(0, 8)} />
                      </span>
                    </Link>
                  )
                )}
                <Link data-key="l" href={paths.taskLog(account, task.cluster, task.id)}>
                  Logs
                  <span className="visually-hidden">
                    {' '}
                    of <PrintableText text={task.id.slice(0, 8)} />
                  </span>
                </Link>
                {disabledReasonOf(taskActions(me, task, account), 'stop') === undefined && (
                  <button type="button" className="plain bad" onClick={() => setStopping(task)}>
                    Stop…
                    <span className="visually-hidden">
                      {' '}
                      <PrintableText text={task.id.slice(0, 8)} />
                    </span>
                  </button>
                )}
              </span>
            ),
          },
        ]}
      />
      <SelectionBar
        listName={listName}
        nouns={['task', 'tasks']}
        selection={selection}
        shownItems={tasks}
        actions={actionsOnSeveral(
          selection.items.map((task) => taskActions(me, task, account)),
          ['stop'],
        )}
        dialogOf={(_, items, onClose) => (
          <StopTasksDialog account={account} tasks={items} listName={listName} onClose={onClose} />
        )}
      />
      <Suspense fallback={null}>
        {stopping && <StopTasksDialog account={account} tasks={[stopping]} onClose={() => setStopping(undefined)} />}
      </Suspense>
    </>
  )
}

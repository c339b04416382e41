import type { Me, Task } from '@ecs-api/client'
import { Link } from 'wouter'
import { taskActions } from '../actions.ts'
import { useMe } from '../live/queries.ts'
import { serviceOf } from '../live/service-of.ts'
import { ExternalText } from '../parts/external-text.tsx'
import { LoadingOrProblem } from '../parts/loading-or-problem.tsx'
import { TaskStatus } from '../parts/status.tsx'
import { Table } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'
import { paths } from '../paths.ts'

/** `cluster/service`, or the group of a task without a service. */
const ownerOf = (task: Task) => `${task.cluster}/${serviceOf(task) ?? task.group ?? ''}`

const terminalOf = (me: Me | undefined, task: Task, account: string) =>
  taskActions(me, task, account).find(({ id }) => id === 'terminal')

export function TaskTable({
  account,
  tasks,
  query,
  withService = false,
}: {
  account: string
  tasks: Task[] | undefined
  query: { error: unknown; isPending: boolean }
  withService?: boolean
}) {
  const me = useMe()
  if (!tasks) return <LoadingOrProblem query={query} what="the tasks" />
  return (
    <Table
      label="Tasks"
      rows={tasks}
      keyOf={({ arn }) => arn}
      empty="There are no tasks."
      columns={[
        {
          title: 'Task',
          sortBy: ({ id }) => id,
          cell: (task) => (
            <Link className="mono" href={paths.task(account, task.cluster, task.id)}>
              <ExternalText text={task.id.slice(0, 8)} />
            </Link>
          ),
        },
        ...(withService
          ? [
              {
                title: 'Of',
                sortBy: ownerOf,
                cell: (task: Task) => <ExternalText text={ownerOf(task)} />,
              },
            ]
          : []),
        {
          title: 'Status',
          wide: true,
          sortBy: ({ lastStatus }) => lastStatus,
          cell: (task) => <TaskStatus task={task} />,
        },
        {
          title: 'Task definition',
          sortBy: ({ taskDefinition }) => taskDefinition ?? '',
          cell: ({ taskDefinition }) => (
            <code>
              <ExternalText text={taskDefinition} />
            </code>
          ),
        },
        {
          title: 'Started',
          sortBy: ({ startedAt }) => startedAt ?? '',
          cell: ({ startedAt }) => <Ago at={startedAt} />,
        },
        {
          title: 'Do',
          cell: (task) => (
            <span className="row" data-no-e={terminalOf(me, task, account)?.disabled}>
              {task.lastStatus === 'STOPPED' ? (
                <Link data-key="w" href={paths.task(account, task.cluster, task.id)}>
                  Why
                  <span className="visually-hidden">
                    {' '}
                    <ExternalText text={task.id.slice(0, 8)} /> stopped
                  </span>
                </Link>
              ) : (
                terminalOf(me, task, account)?.disabled === undefined && (
                  <Link data-key="e" href={paths.terminal(account, task.cluster, task.id, undefined)}>
                    Terminal
                    <span className="visually-hidden">
                      {' '}
                      of <ExternalText text={task.id.slice(0, 8)} />
                    </span>
                  </Link>
                )
              )}
              <Link data-key="l" href={`${paths.task(account, task.cluster, task.id)}#logs`}>
                Logs
                <span className="visually-hidden">
                  {' '}
                  of <ExternalText text={task.id.slice(0, 8)} />
                </span>
              </Link>
            </span>
          ),
        },
      ]}
    />
  )
}

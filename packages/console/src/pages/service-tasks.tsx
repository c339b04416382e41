import type { Task } from '@ecs-api/client'
import { useState } from 'react'
import type { PagedList } from '../live/paged-list.ts'
import { ChoiceButtons } from '../parts/choice-buttons.tsx'
import { ListEnd } from '../parts/list-end.tsx'
import { TaskTable } from './task-table.tsx'

/** The tab of a service's tasks. */
export function TasksTab({ account, tasks }: { account: string; tasks: PagedList<Task> }) {
  const [status, setStatus] = useState<'all' | 'RUNNING' | 'STOPPED'>('all')
  const withStatus = (wanted: typeof status) =>
    tasks.data?.filter(({ lastStatus }) => wanted === 'all' || lastStatus === wanted)
  const isPart = tasks.readOlder !== undefined
  const countOf = (wanted: typeof status) => {
    const count = withStatus(wanted)?.length
    return count !== undefined && isPart && wanted !== 'RUNNING' ? `${count}+` : count
  }
  return (
    <div className="stack">
      <div className="row">
        <ChoiceButtons
          choices={[
            ['all', 'All', countOf('all')],
            ['RUNNING', 'Running', countOf('RUNNING')],
            ['STOPPED', 'Stopped', countOf('STOPPED')],
          ]}
          chosen={status}
          onChoose={setStatus}
        />
      </div>
      <TaskTable account={account} tasks={withStatus(status)} allTasks={tasks.data} query={tasks} />
      {status !== 'RUNNING' && <ListEnd list={tasks} noun="tasks" />}
    </div>
  )
}

import { useState } from 'react'
import { apiPath } from '../actions.ts'
import { useTasks } from '../live/task-lists.ts'
import { Commands, curlCommand, shellWord } from '../parts/copy.tsx'
import { PageHead } from '../parts/page.tsx'
import { paths } from '../paths.ts'
import { TaskTable } from './task-table.tsx'

/** The page of an account's tasks. */
export default function TasksPage({ account }: { account: string }) {
  const [status, setStatus] = useState<'STOPPED' | 'ALL'>()
  const tasks = useTasks(account, status)
  return (
    <>
      <PageHead crumbs={[[account, paths.services(account)]]} title="Tasks" />
      <div className="row">
        {(
          [
            ['Not stopped', undefined],
            ['Stopped', 'STOPPED'],
            ['All', 'ALL'],
          ] as const
        ).map(([label, value]) => (
          <button key={label} type="button" aria-pressed={status === value} onClick={() => setStatus(value)}>
            {label}
          </button>
        ))}
      </div>
      <TaskTable account={account} tasks={tasks.data} query={tasks} showsService />
      <Commands
        cli={`ecs-api tasks list ${shellWord(account)}${status ? ` --status ${status}` : ''}`}
        curl={curlCommand('GET', `${apiPath(account, 'tasks')}${status ? `?status=${status}` : ''}`)}
      />
    </>
  )
}

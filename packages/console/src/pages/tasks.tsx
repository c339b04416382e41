import { useTasks } from '../live/queries.ts'
import { PageHead } from '../parts/page.tsx'
import { paths } from '../paths.ts'
import { TaskTable } from './task-table.tsx'

/** The tasks of an account. */
export function TasksPage({ account }: { account: string }) {
  const tasks = useTasks(account)
  return (
    <>
      <PageHead crumbs={[[account, paths.services(account)]]} title="Tasks" />
      <TaskTable account={account} tasks={tasks.data} query={tasks} withService />
    </>
  )
}

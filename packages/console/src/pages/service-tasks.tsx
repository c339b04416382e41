import type { ServiceDeployment, Task } from '@ecs-api/client'
import { useEffect, useState } from 'react'
import { ChoiceButtons } from '../lists/choice-buttons.tsx'
import { ListEnd } from '../lists/list-end.tsx'
import { useAddressSearch } from '../live/address-search.ts'
import type { PagedList } from '../live/paged-list.ts'
import { phaseOf, type TaskPhase } from '../live/task-phase.ts'
import { TaskTable } from './task-table.tsx'

type Choice = 'not stopped' | TaskPhase | 'all'

const labels: Readonly<Record<Choice, string>> = {
  'not stopped': 'Not stopped',
  running: 'Running',
  starting: 'Starting',
  stopping: 'Stopping',
  stopped: 'Stopped',
  all: 'All',
}

const choices = Object.keys(labels) as Choice[]
/** Whether the older tasks, which are not read yet, can belong to the choice. */
const includesOldTasks = (choice: Choice) => choice === 'stopped' || choice === 'all'

const isIn = (choice: Choice) => (task: Task) => {
  const phase = phaseOf(task)
  return choice === 'all' || (choice === 'not stopped' ? phase !== 'stopped' : phase === choice)
}

/** The tab of a service's tasks. */
export function TasksTab({
  account,
  tasks,
  newestDeployment,
}: {
  account: string
  tasks: PagedList<Task>
  newestDeployment: ServiceDeployment | undefined
}) {
  const { search, changeSearch } = useAddressSearch()
  const all = tasks.data ?? []
  const given = choices.find((each) => each === search.get('status'))
  // While no task runs, stopped tasks are shown, too. The first choice stays, so that rows do not disappear from a list
  // that somebody reads, and the address keeps it for whoever comes back.
  const [first, setFirst] = useState<Choice>()
  if (first === undefined && all.length > 0) setFirst(all.some(isIn('running')) ? 'not stopped' : 'all')
  useEffect(() => {
    if (given === undefined && first === 'all') changeSearch({ status: 'all' })
  })
  const chosen = given ?? first ?? 'all'
  const hasUnreadTasks = tasks.readOlder !== undefined
  const buttons = choices.flatMap((each) => {
    const count = all.filter(isIn(each)).length
    if (count === 0 && each !== chosen && ['starting', 'running', 'stopping'].includes(each)) return []
    return [
      [each, labels[each], tasks.data && (hasUnreadTasks && includesOldTasks(each) ? `${count}+` : count)] as const,
    ]
  })
  return (
    <div className="stack">
      <div className="row">
        <ChoiceButtons choices={buttons} chosen={chosen} onChoose={(status) => changeSearch({ status })} />
      </div>
      <TaskTable
        account={account}
        tasks={tasks.data?.filter(isIn(chosen))}
        allTasks={tasks.data}
        query={tasks}
        newestDeployment={newestDeployment}
      />
      {includesOldTasks(chosen) && <ListEnd list={tasks} noun="tasks" />}
    </div>
  )
}

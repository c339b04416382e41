/** The page of an account's tasks, or of those of one cluster. The selection is in the address. */
import type { Task } from '@ecs-api/client'
import { useMemo } from 'react'
import { apiPath } from '../actions.ts'
import { ChoiceButtons } from '../lists/choice-buttons.tsx'
import { FilterField } from '../lists/filter-field.tsx'
import { ListEnd } from '../lists/list-end.tsx'
import { useAddressSearch } from '../live/address-search.ts'
import { useClusters } from '../live/queries.ts'
import { serviceNameOf } from '../live/service-name.ts'
import { notStoppedFirst, useTasksIn } from '../live/task-lists.ts'
import { Commands } from '../parts/copy.tsx'
import { curlCommand } from '../parts/curl-command.ts'
import { PageHead } from '../parts/page-head.tsx'
import { printable } from '../parts/printable-text.tsx'
import { shellWord } from '../parts/shell-command.ts'
import { paths } from '../paths.ts'
import { TaskTable } from './task-table.tsx'

type Status = '' | 'STOPPED' | 'ALL'

const searchedText = (task: Task) =>
  `${task.cluster}/${serviceNameOf(task) ?? task.group} ${task.id} ${task.taskDefinition} ${task.startedBy}`.toLowerCase()

export default function TasksPage({ account }: { account: string }) {
  const { search, changeSearch } = useAddressSearch()
  const text = search.get('filter') ?? ''
  const cluster = search.get('cluster') ?? undefined
  const givenStatus = search.get('status')
  const status: Status = givenStatus === 'STOPPED' || givenStatus === 'ALL' ? givenStatus : ''
  const { notStopped, stopped } = useTasksIn(account, cluster, status !== '')
  const clusterNames = (useClusters(account).data ?? []).map(({ name }) => name)
  const all = useMemo(
    () => (notStopped.data && stopped.data ? notStoppedFirst(stopped.data, notStopped.data) : undefined),
    [notStopped.data, stopped.data],
  )
  const tasks = { '': notStopped.data, STOPPED: stopped.data, ALL: all }[status]
  const filterText = text.trim().toLowerCase()
  const shown = filterText === '' ? tasks : tasks?.filter((task) => searchedText(task).includes(filterText))
  const countOf = (list: Task[] | undefined) => list && `${list.length}${stopped.readOlder ? '+' : ''}`
  const listPath = cluster === undefined ? apiPath(account, 'tasks') : apiPath(account, 'clusters', cluster, 'tasks')
  return (
    <>
      <PageHead
        crumbs={[
          [account, paths.services(account)],
          ...(cluster === undefined ? [] : [[cluster, paths.cluster(account, cluster)] as [string, string]]),
        ]}
        title="Tasks"
      />
      <div className="row">
        <FilterField
          label="Filter by service, task id or task definition"
          placeholder="Service, task id, task definition"
          text={text}
          onType={(typed) => changeSearch({ filter: typed })}
        />
        <select
          aria-label="Cluster"
          value={cluster ?? ''}
          onChange={(event) => changeSearch({ cluster: event.target.value })}
        >
          <option value="">All clusters</option>
          {[...new Set([...clusterNames, ...(cluster === undefined ? [] : [cluster])])].sort().map((name) => (
            <option key={name} value={name}>
              {printable(name)}
            </option>
          ))}
        </select>
        <ChoiceButtons
          choices={[
            ['', 'Not stopped', notStopped.data?.length],
            ['STOPPED', 'Stopped', status === '' ? undefined : countOf(stopped.data)],
            ['ALL', 'All', status === '' ? undefined : countOf(all)],
          ]}
          chosen={status}
          onChoose={(value) => changeSearch({ status: value })}
        />
      </div>
      <TaskTable
        account={account}
        tasks={shown}
        allTasks={tasks}
        query={status !== '' && (notStopped.data || status === 'STOPPED') ? stopped : notStopped}
        emptyText={(tasks?.length ?? 0) > 0 ? 'No task matches.' : undefined}
        showsService
      />
      {status !== '' && <ListEnd list={stopped} noun="stopped tasks" />}
      <Commands
        cli={[
          `ecs-api tasks list --account ${shellWord(account)}`,
          ...(cluster === undefined ? [] : [`--cluster ${shellWord(cluster)}`]),
          ...(status === '' ? [] : [`--status ${status}`]),
        ].join(' ')}
        curl={curlCommand('GET', `${listPath}${status === '' ? '' : `?status=${status}`}`)}
      />
    </>
  )
}

/** The choices of a task and of a container, whose lines a log shows. */
import type { Task } from '@ecs-api/client'
import type { ReactNode } from 'react'
import type { LogSearch } from '../live/log-search.ts'
import { printable } from '../parts/printable-text.tsx'

export function SourceFields({
  search,
  containers,
  tasks,
  onSearch,
}: {
  search: LogSearch
  /** The names of the containers that wrote the shown lines. */
  containers: readonly string[]
  /** The tasks of the service, stopped ones too; undefined in the log of a task. */
  tasks: readonly Task[] | undefined
  onSearch: (change: Partial<LogSearch>) => void
}) {
  const names = [...new Set([...containers, ...(search.container ? [search.container] : [])])].sort()
  const { true: stopped = [], false: others = [] } = Object.groupBy(tasks ?? [], ({ lastStatus }) =>
    lastStatus === 'STOPPED' ? 'true' : 'false',
  )
  const isUnknown = search.task !== undefined && !tasks?.some(({ id }) => id === search.task)
  return (
    <>
      {((tasks && tasks.length > 0) || search.task !== undefined) && (
        <Choice
          id="log-task"
          label="Task"
          value={search.task}
          all="All tasks"
          onChange={(task) => onSearch({ task, at: undefined, line: undefined })}
        >
          {isUnknown && <option value={search.task}>{printable(search.task!.slice(0, 8))}</option>}
          {others.map(taskOption)}
          {stopped.length > 0 && <optgroup label="Stopped">{stopped.map(taskOption)}</optgroup>}
        </Choice>
      )}
      {(names.length > 1 || search.container !== undefined) && (
        <Choice
          id="log-container"
          label="Container"
          value={search.container}
          all="All containers"
          onChange={(container) => onSearch({ container })}
        >
          {names.map((name) => (
            <option key={name} value={name}>
              {printable(name)}
            </option>
          ))}
        </Choice>
      )}
    </>
  )
}

const taskOption = ({ id, taskDefinition }: Task) => (
  <option key={id} value={id}>
    {printable(`${id.slice(0, 8)}, ${taskDefinition ?? ''}`)}
  </option>
)

function Choice({
  id,
  label,
  value = '',
  all,
  onChange,
  children,
}: {
  id: string
  label: string
  value: string | undefined
  all: string
  onChange: (chosen: string | undefined) => void
  children: ReactNode
}) {
  return (
    <>
      <label className="visually-hidden" htmlFor={id}>
        {label}
      </label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value || undefined)}>
        <option value="">{all}</option>
        {children}
      </select>
    </>
  )
}

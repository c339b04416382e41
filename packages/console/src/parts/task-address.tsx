/** The addresses at which tasks answer. */
import type { Task } from '@ecs-api/client'
import { phaseOf } from '../live/task-phase.ts'
import { PrintableText } from './printable-text.tsx'
import { HostAddress, keyOfPort } from './published-ports.tsx'

const maxTasks = 4

/** Whether a task is running and has an address. */
export const isReachable = (task: Task) =>
  phaseOf(task) === 'running' && (task.ports.length > 0 || (task.publicAddress ?? task.address) !== undefined)

/** The address of a running task: its published ports, or else its public or private address. */
export function TaskAddress({ task }: { task: Task }) {
  const { ports, publicAddress, address } = task
  if (!isReachable(task)) return null
  if (ports.length === 0) return <PrintableText text={publicAddress ?? address} />
  return ports.map((port) => (
    <span key={keyOfPort(port)}>
      <HostAddress port={port} />{' '}
    </span>
  ))
}

/**
 * The addresses of the running ones of these tasks; undefined when there are none.
 * @param containerPorts the ports at which the tasks answer, unless they are published at other addresses
 */
export function addressesOf(tasks: readonly Task[], containerPorts: readonly (string | number)[]) {
  const running = tasks.filter(isReachable)
  if (running.length === 0) return undefined
  const ports = running.every((task) => task.ports.length === 0) ? [...new Set(containerPorts)] : []
  return (
    <>
      {running.slice(0, maxTasks).map((task) => (
        <div key={task.id}>
          <TaskAddress task={task} />
          {ports.length === 1 && `:${ports[0]}`}
        </div>
      ))}
      {running.length > maxTasks && <div className="muted">and {running.length - maxTasks} more</div>}
      {ports.length > 1 && <div>ports {ports.join(', ')}</div>}
    </>
  )
}

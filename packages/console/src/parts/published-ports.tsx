/** The ports of a task that a local engine publishes on ports of its own machine. */
import type { Task } from '@ecs-api/client'
import { phaseOf } from '../live/task-phase.ts'
import { PrintableText } from './printable-text.tsx'

type Port = Task['ports'][number]

const isPageOnLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(location.hostname)

export function PublishedPorts({ task }: { task: Task }) {
  const isLinked = phaseOf(task) === 'running'
  return task.ports.map((port) => (
    <div key={keyOfPort(port)}>
      {port.containerPort}/{port.protocol} {isLinked ? 'at' : 'was at'} <HostAddress port={port} isLinked={isLinked} />
    </div>
  ))
}

export const keyOfPort = ({ container, containerPort, protocol }: Port) => `${container} ${containerPort} ${protocol}`

export function HostAddress({
  port: { hostIp, hostPort, protocol },
  isLinked = true,
}: {
  port: Port
  /** Whether the task answers at the address. */
  isLinked?: boolean
}) {
  const address = `${hostIp}:${hostPort}`
  // Only a browser on the engine's machine reaches its loopback addresses.
  if (!isLinked || !isPageOnLoopback || protocol !== 'tcp' || hostIp !== '127.0.0.1')
    return <PrintableText text={address} />
  return (
    <a href={`http://${address}`} target="_blank" rel="noreferrer">
      {address}
      <span className="visually-hidden"> (in a new tab)</span>
    </a>
  )
}

/** The ports of a task that a local engine publishes on ports of its own machine. */
import type { Task } from '@ecs-api/client'

const isHere = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(location.hostname)

export function PublishedPorts({ ports }: { ports: Task['ports'] }) {
  return (
    <>
      {ports?.map(({ container, containerPort, hostPort, hostIp, protocol }) => {
        const address = `${hostIp}:${hostPort}`
        // Only a browser on the engine's machine reaches its loopback addresses.
        const isLink = isHere && protocol === 'tcp' && hostIp === '127.0.0.1'
        return (
          <div key={`${container} ${containerPort} ${protocol}`}>
            {containerPort}/{protocol} at{' '}
            {isLink ? (
              <a href={`http://${address}`} target="_blank" rel="noreferrer">
                {address}
                <span className="visually-hidden"> (in a new tab)</span>
              </a>
            ) : (
              address
            )}
          </div>
        )
      })}
    </>
  )
}

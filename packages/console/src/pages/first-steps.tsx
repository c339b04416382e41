/** A guide from an empty account to a running service. It marks the steps that are done. */
import { Link } from 'wouter'
import { useClusters, useTaskDefinitions } from '../live/queries.ts'
import { ExternalText } from '../parts/external-text.tsx'
import { paths } from '../paths.ts'

export function FirstSteps({ account }: { account: string }) {
  const definitions = useTaskDefinitions(account).data ?? []
  const clusters = useClusters(account).data ?? []
  const definition = definitions[0]
  const cluster = clusters[0]
  return (
    <section className="panel stack">
      <h2>Three steps to the first service</h2>
      <ol className="steps">
        <li>
          <p>
            <strong>Register a task definition:</strong> the image, its size, its ports.
            {definition && (
              <span className="ok">
                {' '}
                Done: <ExternalText text={definition.name} />.
              </span>
            )}
          </p>
          <Link className="button" href={paths.newTaskDefinition(account)}>
            {definition ? 'Register another one' : 'Register a task definition'}
          </Link>
        </li>
        <li>
          <p>
            <strong>Create a service in a cluster:</strong> a cluster is a name for services that belong together.{' '}
            {cluster ? (
              <span className="ok">
                The cluster <ExternalText text={cluster.name} /> exists already.
              </span>
            ) : (
              'There is no cluster yet: the form creates one.'
            )}
          </p>
          <Link
            className="button"
            href={paths.newService(account, definition ? { taskDefinition: definition.name } : {})}
          >
            Create a service
          </Link>
        </li>
        <li>
          <p>
            <strong>Watch it start:</strong> the page of the service shows its state, and the cause of a failure.
          </p>
          <Link className="button" href={paths.services(account)}>
            Go to the services
          </Link>
        </li>
      </ol>
    </section>
  )
}

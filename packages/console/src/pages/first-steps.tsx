/** A guide from an empty account to a running service. */
import { Link } from 'wouter'
import { useClusters, useTaskDefinitions } from '../live/queries.ts'
import { ExternalText } from '../parts/external-text.tsx'
import { paths } from '../paths.ts'

export function FirstSteps({ account }: { account: string }) {
  const [definition] = useTaskDefinitions(account).data ?? []
  const [cluster] = useClusters(account).data ?? []
  return (
    <section className="panel stack">
      <h2>Two steps to the first service</h2>
      <ol className="steps">
        <li>
          <p>
            <strong>Create a service</strong>{' '}
            {definition ? (
              <>
                of the task definition <ExternalText text={definition.name} />, or from an image.
              </>
            ) : (
              'from an image. The form also registers its task definition.'
            )}{' '}
            A cluster is a name for services that belong together.{' '}
            {cluster ? (
              <>
                The cluster <ExternalText text={cluster.name} /> exists already.
              </>
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

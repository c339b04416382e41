/** The panel that leads to the first service of an account. The overview loads this file when there is no service. */
import { Link } from 'wouter'
import { useTaskDefinitions } from '../live/queries.ts'
import { PrintableText } from '../parts/printable-text.tsx'
import { paths } from '../paths.ts'

export default function FirstSteps({ account, isFirst }: { account: string; isFirst: boolean }) {
  const [definition] = useTaskDefinitions(account).data ?? []
  return (
    <section className="panel stack">
      <h2>{isFirst ? 'The first service' : 'A new service'}</h2>
      <p>
        A service keeps a number of tasks of one image running.{' '}
        {definition ? (
          <>
            Choose the task definition <PrintableText text={definition.name} />, or type the name of an image.
          </>
        ) : (
          'Type the name of an image: its task definition and its cluster are created with it.'
        )}{' '}
        The page of the service shows its state, its log, and the cause of a failure.
      </p>
      <p className="row">
        <Link
          className="button primary"
          href={paths.newService(account, definition ? { taskDefinition: definition.name } : {})}
        >
          Create a service
        </Link>
        <a href="/docs/guides/first-service">The same by the command line</a>
      </p>
    </section>
  )
}

/** The page of a service that was deleted while it was open. A new service of the same name replaces it. */
import type { Service } from '@ecs-api/client'
import { serviceSentence } from '@ecs-api/client/words'
import { Link } from 'wouter'
import { serviceActions } from '../actions.ts'
import { useMe } from '../live/queries.ts'
import { ActionButton } from '../parts/action-button.tsx'
import { ExternalText } from '../parts/external-text.tsx'
import { PageHead } from '../parts/page.tsx'
import { StatusSentence } from '../parts/sentence.tsx'
import { toneOfService } from '../parts/status.tsx'
import { Ago, useNow } from '../parts/time.tsx'
import { paths } from '../paths.ts'

export function DeletedServicePage({ account, service }: { account: string; service: Service }) {
  const me = useMe()
  const { state, text } = serviceSentence(service, [], useNow())
  const { cluster, name, taskDefinition } = service
  return (
    <>
      <PageHead
        crumbs={[
          [account, paths.services(account)],
          [cluster, paths.cluster(account, cluster)],
          ['Services', paths.services(account)],
        ]}
        title={name}
        tabTitle={`${name}, ${cluster}: deleted`}
      >
        {serviceActions({ me, service, newestDeployment: undefined, releases: undefined, isFailing: false }).map(
          (each) => (
            <ActionButton key={each.id} action={each} onPress={() => undefined} />
          ),
        )}
      </PageHead>
      <StatusSentence tone={toneOfService(state)} text={text} />
      <p className="muted">
        The service <ExternalText text={`${cluster}/${name}`} /> no longer exists. It was created{' '}
        <Ago at={service.createdAt} />
        {taskDefinition && (
          <>
            , and its last task definition was{' '}
            <Link href={paths.taskDefinition(account, taskDefinition)}>
              <ExternalText text={taskDefinition} />
            </Link>
          </>
        )}
        . <Link href={paths.services(account)}>All services</Link>
      </p>
    </>
  )
}

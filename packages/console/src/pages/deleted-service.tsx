/** The page of a service that was deleted while it was open. A new service of the same name replaces it. */
import type { Service } from '@ecs-api/client'
import { serviceSentence } from '@ecs-api/client/words'
import { Link } from 'wouter'
import { PrintableText } from '../parts/printable-text.tsx'
import { toneOfService } from '../parts/status.tsx'
import { StatusSentence } from '../parts/status-sentence.tsx'
import { Ago, useNow } from '../parts/time.tsx'
import { paths } from '../paths.ts'
import { ServiceHead } from './service-head.tsx'

export function DeletedServicePage({ account, service }: { account: string; service: Service }) {
  const { state, text } = serviceSentence(service, [], useNow())
  const { cluster, name, taskDefinition } = service
  return (
    <>
      <ServiceHead
        account={account}
        cluster={cluster}
        name={name}
        state="deleted"
        actions={[]}
        onPress={() => undefined}
      />
      <StatusSentence tone={toneOfService(state)} text={text} />
      <p className="muted">
        The service <PrintableText text={`${cluster}/${name}`} /> no longer exists. It was created{' '}
        <Ago at={service.createdAt} />
        {taskDefinition && (
          <>
            , and its last task definition was{' '}
            <Link href={paths.taskDefinition(account, taskDefinition)}>
              <PrintableText text={taskDefinition} />
            </Link>
          </>
        )}
        . <Link href={paths.services(account)}>All services</Link>
      </p>
    </>
  )
}

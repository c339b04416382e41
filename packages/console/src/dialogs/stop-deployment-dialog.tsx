import type { Service, ServiceDeployment } from '@ecs-api/client'
import { useState } from 'react'
import {
  disabledReasonOf,
  listedServiceActions,
  noDeploymentReason,
  noReleaseBeforeReason,
  servicePath,
} from '../actions.ts'
import { SelectField } from '../forms/fields.tsx'
import { accountClient } from '../live/client.ts'
import { useMe } from '../live/queries.ts'
import { useReadEach } from '../live/read-each.ts'
import { counted } from '../parts/counted.ts'
import { shellWord } from '../parts/shell-command.ts'
import { fullName, type ServicesDialogProps, shellReference } from './changed-services.ts'
import { ChangesDialog } from './changes-dialog.tsx'
import type { ResourceChange } from './resource-change.ts'

/** The dialog that stops the deployment in progress of one service or of each of several. */
export function StopDeploymentDialog({ account, services, listName, onClose }: ServicesDialogProps) {
  const me = useMe()
  const [chosenStopType, setStopType] = useState('ROLLBACK')
  const newestDeployments = useNewestDeployments(account, services)
  const inProgress = services
    .flatMap((service) => newestDeployments(service)?.value ?? [])
    .filter((deployment) => noDeploymentReason(deployment) === undefined)
  const firstReleases = inProgress.filter((deployment) => noReleaseBeforeReason(deployment) !== undefined)
  const isRollbackPossible = inProgress.length === 0 || firstReleases.length < inProgress.length
  const stopType = isRollbackPossible ? chosenStopType : 'ABORT'
  const changeOf = (service: Service): ResourceChange => {
    const newest = newestDeployments(service)
    const deployment = newest?.value ?? undefined
    return {
      name: fullName(service),
      request: deployment && {
        method: 'POST',
        path: servicePath(account, service.cluster, service.name, 'deployments', deployment.id, 'stop'),
        body: { stopType },
      },
      disabledReason:
        disabledReasonOf(listedServiceActions(me, service), 'stop-deployment') ??
        (newest?.error instanceof Error ? newest.error.message : undefined) ??
        (newest && noDeploymentReason(deployment)) ??
        (stopType === 'ROLLBACK' && deployment ? noReleaseBeforeReason(deployment) : undefined),
      cli: [
        `ecs-api deployments stop ${shellReference(account, service)} ${shellWord(deployment?.id ?? '')}`,
        ...(stopType === 'ABORT' ? ['--abort'] : []),
      ].join(' '),
    }
  }
  return (
    <ChangesDialog
      account={account}
      listName={listName}
      nouns={['service', 'services']}
      changes={services.map(changeOf)}
      incompleteReason="The deployments are being loaded."
      titleStart="Stop the deployment of"
      titleStartOfSeveral="Stop the deployments of"
      buttonLabel="Stop the deployment"
      isDangerous
      batchButtonLabel={(count) => `Stop ${counted(count, ['deployment', 'deployments'])}`}
      doneText="deployment is being stopped"
      doneSentence={(name) => `The deployment of ${name} is being stopped.`}
      onClose={onClose}
      fields={
        <SelectField
          id="stop-type"
          label="Afterwards"
          value={stopType}
          options={[
            ...(isRollbackPossible ? [['ROLLBACK', 'Roll back to the release before'] as const] : []),
            ['ABORT', 'Leave the tasks as they are'],
          ]}
          {...(!isRollbackPossible && { help: noReleaseBeforeReason(firstReleases[0]!)! })}
          onChange={setStopType}
        />
      }
    />
  )
}

/** The newest deployment of each service: null for a service without one, undefined while it is being read. */
function useNewestDeployments(account: string, services: readonly Service[]) {
  const keyOf = ({ cluster, name }: Service) => JSON.stringify({ cluster, name })
  const results = useReadEach(services.map(keyOf), async (key): Promise<ServiceDeployment | null> => {
    const { items } = await accountClient(account).deployments.page(JSON.parse(key), { limit: 1 })
    return items[0] ?? null
  })
  return (service: Service) => results.resultOf(keyOf(service))
}

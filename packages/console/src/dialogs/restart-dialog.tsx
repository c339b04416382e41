import { disabledReasonOf, listedServiceActions, servicePath } from '../actions.ts'
import { useMe } from '../live/queries.ts'
import { counted } from '../parts/counted.ts'
import { fullName, type ServicesDialogProps, shellReference } from './changed-services.ts'
import { ChangesDialog } from './changes-dialog.tsx'

/** The dialog that restarts one service or several. */
export function RestartDialog({ account, services, listName, onClose }: ServicesDialogProps) {
  const me = useMe()
  return (
    <ChangesDialog
      account={account}
      listName={listName}
      nouns={['service', 'services']}
      changes={services.map((service) => ({
        name: fullName(service),
        request: { method: 'POST', path: servicePath(account, service.cluster, service.name, 'restart') },
        disabledReason: disabledReasonOf(listedServiceActions(me, service), 'restart'),
        cli: `ecs-api restart ${shellReference(account, service)}`,
      }))}
      titleStart="Restart"
      buttonLabel="Restart"
      batchButtonLabel={(count) => `Restart ${counted(count, ['service', 'services'])}`}
      doneText="being restarted"
      doneSentence={(name) => `${name} is being restarted.`}
      onClose={onClose}
    />
  )
}

import { disabledReasonOf, listedServiceActions } from '../actions.ts'
import { useMe } from '../live/queries.ts'
import { counted } from '../parts/counted.ts'
import { fullName, type ServicesDialogProps, shellReference } from './changed-services.ts'
import { ChangesDialog } from './changes-dialog.tsx'
import { serviceDeletion } from './service-deletion.ts'

/** The dialog that deletes the services that were selected on a list. */
export function DeleteServicesDialog({ account, services, listName, onClose }: ServicesDialogProps) {
  const me = useMe()
  return (
    <ChangesDialog
      account={account}
      listName={listName}
      nouns={['service', 'services']}
      changes={services.map((service) => ({
        name: fullName(service),
        request: serviceDeletion(account, service),
        disabledReason: disabledReasonOf(listedServiceActions(me, service), 'delete'),
        cli: `ecs-api services delete ${shellReference(account, service)} --force`,
      }))}
      titleStart="Delete"
      buttonLabel="Delete"
      batchButtonLabel={(count) => `Delete ${counted(count, ['service', 'services'])}`}
      textToType={services.length === 1 ? services[0]!.name : String(services.length)}
      isDangerous
      doneText="being deleted"
      doneSentence={(name) => `${name} is being deleted.`}
      onClose={onClose}
    />
  )
}

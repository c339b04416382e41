/** The dialogs of a service's actions. The page loads this file when the first dialog opens. */
import type { Service, ServiceDeployment } from '@ecs-api/client'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { servicePath } from '../actions.ts'
import { errorAt, TextField } from '../forms/fields.tsx'
import { shellWord } from '../parts/shell-command.ts'
import { toast } from '../parts/toast.tsx'
import { paths } from '../paths.ts'
import { ChangeDialog } from './change-dialog.tsx'
import { fullName, shellReference } from './changed-services.ts'
import { DeployDialog } from './deploy-dialog.tsx'
import { RollbackDialog } from './rollback-dialog.tsx'
import { serviceDeletion } from './service-deletion.ts'
import ServicesDialog from './services-dialog.tsx'
import { SettingsDialog } from './settings-dialog.tsx'

interface ServiceDialogProps {
  account: string
  service: Service
  newestDeployment: ServiceDeployment | undefined
  /** The number of the release that is chosen when the dialog of a rollback opens. */
  initialRelease?: number
  onClose: () => void
}

export default function ServiceDialogs({ action, initialRelease, ...props }: ServiceDialogProps & { action: string }) {
  const { account, service, onClose } = props
  switch (action) {
    case 'deploy':
      return <DeployDialog {...props} />
    case 'settings':
      return <SettingsDialog {...props} />
    case 'scale':
      return <Scale {...props} />
    case 'rollback':
      return <RollbackDialog {...props} {...(initialRelease !== undefined && { initialRelease: initialRelease })} />
    case 'restart':
    case 'stop-deployment':
    case 'tags':
      return <ServicesDialog action={action} account={account} services={[service]} onClose={onClose} />
    case 'continue':
      return <Continue {...props} />
    case 'delete':
      return <Delete {...props} />
    default:
      return null
  }
}

function Scale({ account, service, onClose }: ServiceDialogProps) {
  const [count, setCount] = useState(String(service.desiredCount))
  const isNumber = /^\d+$/.test(count)
  const isChanged = isNumber && Number(count) !== service.desiredCount
  return (
    <ChangeDialog
      title={`Scale ${fullName(service)}`}
      account={account}
      request={
        isChanged
          ? {
              method: 'PATCH',
              path: servicePath(account, service.cluster, service.name),
              body: { count: Number(count) },
            }
          : undefined
      }
      incompleteReason={isNumber ? 'Nothing has changed yet.' : 'Type a number of tasks, 0 or more.'}
      cli={`ecs-api scale ${shellReference(account, service)} ${count}`}
      buttonLabel={isNumber ? `Scale to ${Number(count)}` : 'Scale'}
      doneSentence={`${fullName(service)} is being scaled to ${count} ${count === '1' ? 'task' : 'tasks'}.`}
      onClose={onClose}
      fields={(requestError) => (
        <TextField
          id="count"
          type="number"
          label="Desired count"
          error={errorAt(requestError, '/count')}
          value={count}
          onChange={setCount}
        />
      )}
    />
  )
}

function Continue({ account, service, newestDeployment, onClose }: ServiceDialogProps) {
  if (!newestDeployment) return null
  return (
    <ChangeDialog
      title={`Continue the deployment of ${fullName(service)}`}
      account={account}
      request={{
        method: 'POST',
        path: servicePath(account, service.cluster, service.name, 'deployments', newestDeployment.id, 'continue'),
        body: {},
      }}
      cli={`ecs-api deployments continue ${shellReference(account, service)} ${shellWord(newestDeployment.id)}`}
      buttonLabel="Continue"
      doneSentence={`The deployment of ${fullName(service)} continues.`}
      onClose={onClose}
    />
  )
}

function Delete({ account, service, onClose }: ServiceDialogProps) {
  const [, navigate] = useLocation()
  const request = serviceDeletion(account, service)
  return (
    <ChangeDialog
      title={`Delete the service ${fullName(service)}`}
      account={account}
      request={request}
      cli={`ecs-api services delete ${shellReference(account, service)}${request.path.endsWith('force=true') ? ' --force' : ''}`}
      buttonLabel="Delete the service"
      textToType={service.name}
      doneSentence={`${fullName(service)} is being deleted.`}
      onClose={onClose}
      onDone={() => {
        toast(`${fullName(service)} is being deleted.`, {
          doneContent: `${fullName(service)} was deleted.`,
          deletes: `${account}/${fullName(service)}`,
        })
        navigate(paths.services(account))
      }}
    />
  )
}

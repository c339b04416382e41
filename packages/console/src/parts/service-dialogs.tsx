/** The dialogs of a service's actions. The page loads this file when the first dialog opens. */
import type { Service, ServiceDeployment } from '@ecs-api/client'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { servicePath } from '../actions.ts'
import { paths } from '../paths.ts'
import { ChangeDialog } from './change-dialog.tsx'
import { shellWord } from './copy.tsx'
import { DeployDialog } from './deploy-dialog.tsx'
import { SelectField, TextField } from './fields.tsx'
import { RollbackDialog } from './rollback-dialog.tsx'
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
      return <Restart {...props} />
    case 'stop-deployment':
      return <StopDeployment {...props} />
    case 'continue':
      return <Continue {...props} />
    case 'delete':
      return <Delete {...props} />
    default:
      return null
  }
}

const fullName = ({ cluster, name }: Service) => `${cluster}/${name}`
const shellReference = (account: string, service: Service) => shellWord(`${account}/${fullName(service)}`)

function Scale({ account, service, onClose }: ServiceDialogProps) {
  const [count, setCount] = useState(String(service.desiredCount))
  const isNumber = /^\d+$/.test(count)
  return (
    <ChangeDialog
      title={`Scale ${fullName(service)}`}
      account={account}
      request={
        isNumber
          ? {
              method: 'PATCH',
              path: servicePath(account, service.cluster, service.name),
              body: { count: Number(count) },
            }
          : undefined
      }
      incompleteReason="Type a number of tasks, 0 or more."
      cli={`ecs-api scale ${shellReference(account, service)} ${count}`}
      buttonLabel="Scale"
      doneSentence={`${fullName(service)} is being scaled to ${count} ${count === '1' ? 'task' : 'tasks'}.`}
      onClose={onClose}
      fields={<TextField id="count" type="number" label="Desired count" value={count} onChange={setCount} />}
    />
  )
}

function Restart({ account, service, onClose }: ServiceDialogProps) {
  return (
    <ChangeDialog
      title={`Restart ${fullName(service)}`}
      account={account}
      request={{ method: 'POST', path: servicePath(account, service.cluster, service.name, 'restart') }}
      cli={`ecs-api restart ${shellReference(account, service)}`}
      buttonLabel="Restart"
      doneSentence={`${fullName(service)} is being restarted.`}
      onClose={onClose}
    />
  )
}

function StopDeployment({ account, service, newestDeployment, onClose }: ServiceDialogProps) {
  const [stopType, setStopType] = useState('ROLLBACK')
  if (!newestDeployment) return null
  return (
    <ChangeDialog
      title={`Stop the deployment of ${fullName(service)}`}
      account={account}
      request={{
        method: 'POST',
        path: servicePath(account, service.cluster, service.name, 'deployments', newestDeployment.id, 'stop'),
        body: { stopType },
      }}
      cli={`ecs-api deployments stop ${shellReference(account, service)} ${shellWord(newestDeployment.id)}${stopType === 'ABORT' ? ' --abort' : ''}`}
      buttonLabel="Stop deployment"
      doneSentence={`The deployment of ${fullName(service)} is being stopped.`}
      onClose={onClose}
      fields={
        <SelectField
          id="stop-type"
          label="Afterwards"
          value={stopType}
          options={[
            ['ROLLBACK', 'Roll back to the previous revision'],
            ['ABORT', 'Leave the tasks as they are'],
          ]}
          onChange={setStopType}
        />
      }
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
  const path = servicePath(account, service.cluster, service.name)
  const isRunning = service.desiredCount > 0
  return (
    <ChangeDialog
      title={`Delete ${fullName(service)}`}
      account={account}
      request={{ method: 'DELETE', path: isRunning ? `${path}?force=true` : path }}
      cli={`ecs-api services delete ${shellReference(account, service)}${isRunning ? ' --force' : ''}`}
      buttonLabel="Delete"
      confirmName={service.name}
      doneSentence={`${fullName(service)} is being deleted.`}
      onClose={onClose}
      onDone={() => navigate(paths.services(account))}
    />
  )
}

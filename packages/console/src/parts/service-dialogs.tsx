/** The dialogs of a service's actions, loaded when the first one opens. */
import type { Service, ServiceDeployment } from '@ecs-api/client'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { servicePath } from '../actions.ts'
import { paths } from '../paths.ts'
import { ChangeDialog } from './change-dialog.tsx'
import { quoted } from './copy.tsx'
import { DeployDialog } from './deploy-dialog.tsx'
import { SelectField, TextField } from './fields.tsx'
import { RollbackDialog } from './rollback-dialog.tsx'
import { SettingsDialog } from './settings-dialog.tsx'

interface Props {
  account: string
  service: Service
  newest: ServiceDeployment | undefined
  /** The release that the dialog of a rollback opens with. */
  release?: number
  onClose: () => void
}

export default function ServiceDialogs({ action, release, ...props }: Props & { action: string }) {
  switch (action) {
    case 'deploy':
      return <DeployDialog {...props} />
    case 'settings':
      return <SettingsDialog {...props} />
    case 'scale':
      return <Scale {...props} />
    case 'rollback':
      return <RollbackDialog {...props} {...(release !== undefined && { given: release })} />
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

const nameOf = ({ cluster, name }: Service) => `${cluster}/${name}`
const refOf = (account: string, service: Service) => quoted(`${account}/${nameOf(service)}`)

function Scale({ account, service, onClose }: Props) {
  const [count, setCount] = useState(String(service.desiredCount))
  const isNumber = /^\d+$/.test(count)
  return (
    <ChangeDialog
      title={`Scale ${nameOf(service)}`}
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
      missing="Type a number of tasks, 0 or more."
      cli={`ecs-api scale ${refOf(account, service)} ${count}`}
      verb="Scale"
      doneSentence={`Requested: ${count} tasks of ${nameOf(service)}.`}
      onClose={onClose}
      fields={<TextField id="count" type="number" label="Desired count" value={count} onChange={setCount} />}
    />
  )
}

function Restart({ account, service, onClose }: Props) {
  return (
    <ChangeDialog
      title={`Restart ${nameOf(service)}`}
      account={account}
      request={{ method: 'POST', path: servicePath(account, service.cluster, service.name, 'restart') }}
      cli={`ecs-api restart ${refOf(account, service)}`}
      verb="Restart"
      doneSentence={`Requested: a restart of ${nameOf(service)}.`}
      onClose={onClose}
    />
  )
}

function StopDeployment({ account, service, newest, onClose }: Props) {
  const [stopType, setStopType] = useState('ROLLBACK')
  if (!newest) return null
  return (
    <ChangeDialog
      title={`Stop the deployment of ${nameOf(service)}`}
      account={account}
      request={{
        method: 'POST',
        path: servicePath(account, service.cluster, service.name, 'deployments', newest.id, 'stop'),
        body: { stopType },
      }}
      missing="Change an image, or choose another task definition."
      cli={`ecs-api deployments stop ${quoted(`${account}/${nameOf(service)}/${newest.id}`)} --${stopType.toLowerCase()}`}
      verb="Stop deployment"
      doneSentence={`Requested: the deployment of ${nameOf(service)} stops.`}
      onClose={onClose}
      fields={
        <SelectField
          id="stop-type"
          label="Afterwards"
          value={stopType}
          options={[
            ['ROLLBACK', 'Roll back to the revision before'],
            ['ABORT', 'Leave the tasks as they are'],
          ]}
          onChange={setStopType}
        />
      }
    />
  )
}

function Continue({ account, service, newest, onClose }: Props) {
  if (!newest) return null
  return (
    <ChangeDialog
      title={`Continue the deployment of ${nameOf(service)}`}
      account={account}
      request={{
        method: 'POST',
        path: servicePath(account, service.cluster, service.name, 'deployments', newest.id, 'continue'),
        body: {},
      }}
      missing="Change an image, or choose another task definition."
      cli={`ecs-api deployments continue ${quoted(`${account}/${nameOf(service)}/${newest.id}`)}`}
      verb="Continue"
      doneSentence={`Requested: the deployment of ${nameOf(service)} goes on.`}
      onClose={onClose}
    />
  )
}

function Delete({ account, service, onClose }: Props) {
  const [, navigate] = useLocation()
  const path = servicePath(account, service.cluster, service.name)
  const isRunning = service.desiredCount > 0
  return (
    <ChangeDialog
      title={`Delete ${nameOf(service)}`}
      account={account}
      request={{ method: 'DELETE', path: isRunning ? `${path}?force=true` : path }}
      cli={`ecs-api services delete ${refOf(account, service)}${isRunning ? ' --force' : ''}`}
      verb="Delete"
      confirmName={service.name}
      doneSentence={`Requested: ${nameOf(service)} is deleted.`}
      onClose={onClose}
      onDone={() => navigate(paths.services(account))}
    />
  )
}

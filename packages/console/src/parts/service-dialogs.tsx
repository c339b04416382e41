/** The dialogs of a service's actions. */
import type { Release, Service, ServiceDeployment } from '@ecs-api/client'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { type Request, servicePath } from '../actions.ts'
import { definitionNamesIn, useReleases, useTaskDefinition, useTaskDefinitions } from '../live/queries.ts'
import { paths } from '../paths.ts'
import { ChangeDialog } from './change-dialog.tsx'
import { quoted } from './copy.tsx'
import { SelectField, TextField } from './fields.tsx'

interface Props {
  account: string
  service: Service
  newest: ServiceDeployment | undefined
  onClose: () => void
}

export function ServiceDialog({ action, ...props }: Props & { action: string }) {
  switch (action) {
    case 'deploy':
      return <Deploy {...props} />
    case 'scale':
      return <Scale {...props} />
    case 'rollback':
      return <Rollback {...props} />
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

function Deploy({ account, service, onClose }: Props) {
  const definition = useTaskDefinition(account, service.taskDefinition ?? '')
  const definitions = useTaskDefinitions(account).data
  const containers = definition.data?.containerDefinitions ?? []
  const [images, setImages] = useState<Record<string, string>>({})
  const [definitionName, setDefinitionName] = useState('')
  const changed = containers.filter(({ name, image }) => images[name] !== undefined && images[name] !== image)
  const body =
    definitionName !== ''
      ? { taskDefinition: definitionName }
      : changed.length > 0
        ? { containers: Object.fromEntries(changed.map(({ name }) => [name, { image: images[name] }])) }
        : undefined
  const request: Request | undefined = body && {
    method: 'PATCH',
    path: servicePath(account, service.cluster, service.name),
    body,
  }
  const flags =
    definitionName !== ''
      ? ` --task-definition ${quoted(definitionName)}`
      : changed.map(({ name }) => ` --image ${quoted(`${name}=${images[name]}`)}`).join('')
  return (
    <ChangeDialog
      title={`Deploy ${nameOf(service)}`}
      account={account}
      request={request}
      missing="Change an image, or choose another task definition."
      cli={`ecs-api deploy ${refOf(account, service)}${flags}`}
      verb="Deploy"
      requested={`Requested: a deployment of ${nameOf(service)}.`}
      onClose={onClose}
      fields={
        <>
          {containers.map(({ name, image }) => (
            <TextField
              key={name}
              id={`image-${name}`}
              label={`Image of ${name}`}
              isMono
              value={images[name] ?? image}
              disabled={definitionName !== ''}
              onChange={(value) => setImages({ ...images, [name]: value })}
            />
          ))}
          <TextField
            id="definition"
            label="Or another task definition (family, or family:revision)"
            value={definitionName}
            offered={definitionNamesIn(definitions)}
            placeholder={service.taskDefinition}
            onChange={(value) => setDefinitionName(value.trim())}
          />
        </>
      }
    />
  )
}

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
      requested={`Requested: ${count} tasks of ${nameOf(service)}.`}
      onClose={onClose}
      fields={<TextField id="count" type="number" label="Desired count" value={count} onChange={setCount} />}
    />
  )
}

function Rollback({ account, service, onClose }: Props) {
  const releases = useReleases(account, service.cluster, service.name)
  const [chosen, setChosen] = useState('')
  const others = (releases.data ?? []).filter(({ isCurrent }) => !isCurrent)
  return (
    <ChangeDialog
      title={`Roll back ${nameOf(service)}`}
      account={account}
      request={{
        method: 'POST',
        path: servicePath(account, service.cluster, service.name, 'rollback'),
        body: chosen === '' ? {} : { release: Number(chosen) },
      }}
      cli={`ecs-api rollback ${refOf(account, service)}${chosen === '' ? '' : ` --to ${chosen}`}`}
      verb="Roll back"
      requested={`Requested: a rollback of ${nameOf(service)}.`}
      onClose={onClose}
      fields={
        <div className="field">
          <label htmlFor="release">Release</label>
          <select id="release" value={chosen} onChange={(event) => setChosen(event.target.value)}>
            <option value="">The newest stable one that is not deployed</option>
            {others.map((release) => (
              <option key={release.release} value={release.release}>
                {releaseText(release)}
              </option>
            ))}
          </select>
        </div>
      }
    />
  )
}

function releaseText({ release, taskDefinition, outcome, images }: Release): string {
  const image = images.map((each) => each.image ?? '').join(', ')
  return `Release ${release}: ${taskDefinition ?? 'unknown definition'}, ${outcome}${image && `, ${image}`}`
}

function Restart({ account, service, onClose }: Props) {
  return (
    <ChangeDialog
      title={`Restart ${nameOf(service)}`}
      account={account}
      request={{ method: 'POST', path: servicePath(account, service.cluster, service.name, 'restart') }}
      cli={`ecs-api restart ${refOf(account, service)}`}
      verb="Restart"
      requested={`Requested: a restart of ${nameOf(service)}.`}
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
      requested={`Requested: the deployment of ${nameOf(service)} stops.`}
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
      requested={`Requested: the deployment of ${nameOf(service)} goes on.`}
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
      requested={`Requested: ${nameOf(service)} is deleted.`}
      onClose={onClose}
      onDone={() => navigate(paths.services(account))}
    />
  )
}

import type { Service } from '@ecs-api/client'
import { useState } from 'react'
import { servicePath } from '../actions.ts'
import { definitionNamesIn, useTaskDefinition, useTaskDefinitions } from '../live/queries.ts'
import { ChangeDialog } from './change-dialog.tsx'
import { quoted } from './copy.tsx'
import { CheckField, TextField } from './fields.tsx'

/** Deploys other images, or another task definition. */
export function DeployDialog({
  account,
  service,
  initialDefinition = '',
  onClose,
  onDone,
}: {
  account: string
  service: Service
  /** The task definition that the dialog opens with. */
  initialDefinition?: string
  onClose: () => void
  onDone?: () => void
}) {
  const definition = useTaskDefinition(account, service.taskDefinition ?? '')
  const definitions = useTaskDefinitions(account).data
  const containers = definition.data?.containerDefinitions ?? []
  const [images, setImages] = useState<Record<string, string>>({})
  const [definitionName, setDefinitionName] = useState(initialDefinition)
  const [rollsBack, setRollsBack] = useState(false)
  const changed = containers.filter(({ name, image }) => images[name] !== undefined && images[name] !== image)
  const deployed =
    definitionName !== ''
      ? { taskDefinition: definitionName }
      : changed.length > 0
        ? { containers: Object.fromEntries(changed.map(({ name }) => [name, { image: images[name] }])) }
        : undefined
  const isBreakerOff = !service.deploymentConfiguration?.deploymentCircuitBreaker?.enable
  const breaker = isBreakerOff &&
    rollsBack && { deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } } }
  const flags = [
    ...(definitionName === '' ? [] : [`--task-definition ${quoted(definitionName)}`]),
    ...(definitionName === '' ? changed.map(({ name }) => `--image ${quoted(`${name}=${images[name]}`)}`) : []),
    ...(breaker ? ['--circuit-breaker rollback'] : []),
  ]
  const name = `${service.cluster}/${service.name}`
  return (
    <ChangeDialog
      title={`Deploy ${name}`}
      account={account}
      request={
        deployed && {
          method: 'PATCH',
          path: servicePath(account, service.cluster, service.name),
          body: { ...deployed, ...breaker },
        }
      }
      missing="Change an image, or choose another task definition."
      cli={`ecs-api deploy ${quoted(`${account}/${name}`)} ${flags.join(' ')}`}
      verb="Deploy"
      doneSentence={`Requested: a deployment of ${name}.`}
      onClose={onClose}
      {...(onDone && { onDone })}
      fields={
        <>
          {containers.map(({ name: container, image }) => (
            <TextField
              key={container}
              id={`image-${container}`}
              label={`Image of ${container}`}
              isMono
              value={images[container] ?? image}
              disabled={definitionName !== ''}
              onChange={(value) => setImages({ ...images, [container]: value })}
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
          {isBreakerOff && (
            <CheckField
              label="Roll back if it fails"
              help="Switches on the deployment circuit breaker of the service, which is off."
              checked={rollsBack}
              onChange={setRollsBack}
            />
          )}
        </>
      }
    />
  )
}

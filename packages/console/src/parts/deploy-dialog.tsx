import type { Service } from '@ecs-api/client'
import { useState } from 'react'
import { servicePath } from '../actions.ts'
import { definitionNamesIn, useTaskDefinition, useTaskDefinitions } from '../live/queries.ts'
import { ChangeDialog } from './change-dialog.tsx'
import { shellWord } from './copy.tsx'
import { CheckField, TextField } from './fields.tsx'

/** The dialog that deploys other images, or another task definition, to a service. */
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
  const changedContainers = containers.filter(({ name, image }) => images[name] !== undefined && images[name] !== image)
  const versionChange =
    definitionName !== ''
      ? { taskDefinition: definitionName }
      : changedContainers.length > 0
        ? { containers: Object.fromEntries(changedContainers.map(({ name }) => [name, { image: images[name] }])) }
        : undefined
  const isBreakerOff = !service.deploymentConfiguration?.deploymentCircuitBreaker?.enable
  const breakerChange = isBreakerOff &&
    rollsBack && { deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } } }
  const flags = [
    ...(definitionName === '' ? [] : [`--task-definition ${shellWord(definitionName)}`]),
    ...(definitionName === ''
      ? changedContainers.map(({ name }) => `--image ${shellWord(`${name}=${images[name]}`)}`)
      : []),
    ...(breakerChange ? ['--circuit-breaker rollback'] : []),
  ]
  const name = `${service.cluster}/${service.name}`
  return (
    <ChangeDialog
      title={`Deploy ${name}`}
      account={account}
      request={
        versionChange && {
          method: 'PATCH',
          path: servicePath(account, service.cluster, service.name),
          body: { ...versionChange, ...breakerChange },
        }
      }
      incompleteReason="Change an image, or choose another task definition."
      cli={`ecs-api deploy ${shellWord(`${account}/${name}`)} ${flags.join(' ')}`}
      buttonLabel="Deploy"
      doneSentence={`${name} is being deployed.`}
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
            suggestions={definitionNamesIn(definitions)}
            placeholder={service.taskDefinition}
            onChange={(value) => setDefinitionName(value.trim())}
          />
          {isBreakerOff && (
            <CheckField
              label="Roll back if it fails"
              help="The deployment circuit breaker of the service is off. This switches it on."
              checked={rollsBack}
              onChange={setRollsBack}
            />
          )}
        </>
      }
    />
  )
}

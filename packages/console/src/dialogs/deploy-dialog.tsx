import type { Service } from '@ecs-api/client'
import { useState } from 'react'
import { servicePath } from '../actions.ts'
import { CommandField, EnvironmentField, PortsField } from '../forms/container-fields.tsx'
import type { Container } from '../forms/container-values.ts'
import { definitionPatch, deployFlags, type EditedDefinition } from '../forms/definition-patch.ts'
import { CheckField, errorAt, TextField } from '../forms/fields.tsx'
import { FoldedFields } from '../forms/folded-fields.tsx'
import { HealthCheckFields } from '../forms/health-check-fields.tsx'
import { ImageTextField } from '../forms/image-field.tsx'
import { SimulationField } from '../forms/simulation-field.tsx'
import { SizeFields } from '../forms/size-fields.tsx'
import { definitionNamesIn, useTaskDefinition, useTaskDefinitions } from '../live/queries.ts'
import { PrintableText } from '../parts/printable-text.tsx'
import { commandWithBody, shellWord } from '../parts/shell-command.ts'
import { HiddenValueSources } from '../plans/hidden-values.ts'
import { CircuitBreakerPlace } from '../plans/plan.tsx'
import { ChangeDialog } from './change-dialog.tsx'
import { StartField, useStart } from './deploy-start.tsx'

const foldedSummary = 'Variables, command, ports, health check and size'

const foldedMembers = ['environment', 'command', 'ports', 'portMappings', 'healthCheck', 'dockerLabels']

function hasErrorInFold(requestError: unknown, containers: readonly Container[]): boolean {
  const pointers = containers.flatMap(({ name }) => foldedMembers.map((member) => `/containers/${name}/${member}`))
  return ['/cpu', '/memory', ...pointers].some((pointer) => errorAt(requestError, pointer) !== undefined)
}

/** The dialog that deploys a changed task definition, or another one, to a service. */
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
  const start = useStart(account, service)
  const definition = useTaskDefinition(account, start.definitionName).data
  const definitions = useTaskDefinitions(account).data
  const containers = (definition?.containerDefinitions ?? []) as Container[]
  const [changes, setChanges] = useState<Partial<EditedDefinition>>({})
  const [definitionName, setDefinitionName] = useState(initialDefinition)
  const [rollsBack, setRollsBack] = useState(false)
  const edited: EditedDefinition = { cpu: definition?.cpu, memory: definition?.memory, containers: {}, ...changes }
  const editedContainer = (container: Container) => edited.containers[container.name ?? ''] ?? container
  const setContainer = (next: Container) =>
    setChanges({ ...changes, containers: { ...edited.containers, [next.name ?? '']: next } })
  const hasOtherDefinition = definitionName !== ''
  const patch = hasOtherDefinition || !definition ? undefined : definitionPatch(definition, edited)
  const base = hasOtherDefinition ? definitionName : start.failedDefinition
  const definitionChange = base === undefined ? patch : { taskDefinition: base, ...patch }
  const isBreakerOff = !service.deploymentConfiguration?.deploymentCircuitBreaker?.enable
  const breakerChange = isBreakerOff &&
    rollsBack && { deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } } }
  const body = { ...definitionChange, ...breakerChange }
  const name = `${service.cluster}/${service.name}`
  const reference = shellWord(`${account}/${name}`)
  const patchFlags = deployFlags(patch ?? {})
  const baseFlags = base === undefined ? [] : [`--task-definition ${shellWord(base)}`]
  const breakerFlags = breakerChange ? ['--circuit-breaker rollback'] : []
  const sources = {
    account,
    from: service.taskDefinition,
    to: hasOtherDefinition ? definitionName : containers.map(editedContainer),
  }
  return (
    <CircuitBreakerPlace.Provider value="in this form">
      <HiddenValueSources.Provider value={sources}>
        <ChangeDialog
          title={`Deploy ${name}`}
          account={account}
          request={
            definitionChange && { method: 'PATCH', path: servicePath(account, service.cluster, service.name), body }
          }
          incompleteReason={
            breakerChange
              ? 'The circuit breaker alone deploys nothing: change another field, or choose another task definition.'
              : 'Change a field, or choose another task definition.'
          }
          cli={
            patchFlags
              ? `ecs-api deploy ${reference} ${[...baseFlags, ...patchFlags, ...breakerFlags].join(' ')}`
              : commandWithBody(`services update ${reference}`, body)
          }
          buttonLabel="Deploy"
          isPlanBeside
          doneSentence={`${name} is being deployed.`}
          onClose={onClose}
          {...(onDone && { onDone })}
          fields={(requestError) => (
            <>
              <StartField
                account={account}
                start={start}
                disabled={hasOtherDefinition}
                onChange={(release) => {
                  start.choose(release)
                  setChanges({})
                }}
              />
              {containers.map((container) => (
                <ImageTextField
                  key={container.name}
                  id={`image-${container.name}`}
                  label={`Image of ${container.name}`}
                  error={errorAt(requestError, `/containers/${container.name}/image`)}
                  value={editedContainer(container).image}
                  disabled={hasOtherDefinition}
                  onChange={(image) => setContainer({ ...editedContainer(container), image })}
                />
              ))}
              {definition && (
                <FoldedFields summary={foldedSummary} hasError={hasErrorInFold(requestError, containers)}>
                  <fieldset className="plain stack" disabled={hasOtherDefinition}>
                    <legend className="visually-hidden">{foldedSummary}</legend>
                    {containers.map((container, index) => {
                      const props = {
                        index,
                        container: editedContainer(container),
                        pointer: `/containers/${container.name}`,
                        requestError,
                        onChange: setContainer,
                      }
                      return (
                        <fieldset
                          key={`${definition.name} ${container.name}`}
                          className="plain stack"
                          data-owner={container.name}
                        >
                          <legend>
                            Container <PrintableText text={container.name} />
                          </legend>
                          <EnvironmentField {...props} />
                          <CommandField {...props} />
                          <PortsField {...props} />
                          <HealthCheckFields {...props} />
                          <SimulationField {...props} />
                        </fieldset>
                      )
                    })}
                    <SizeFields
                      definition={edited}
                      allowsSmallest={false}
                      requestError={requestError}
                      onChange={({ cpu, memory }) => setChanges({ ...changes, cpu, memory })}
                    />
                  </fieldset>
                </FoldedFields>
              )}
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
                  label="Circuit breaker: roll back when a deployment fails"
                  help="It is off. This switches it on."
                  checked={rollsBack}
                  onChange={setRollsBack}
                />
              )}
            </>
          )}
        />
      </HiddenValueSources.Provider>
    </CircuitBreakerPlace.Provider>
  )
}

/** The commands that do the same as the form of a new service. */

import { isSameJson } from '../forms/parsed-field.tsx'
import { commandWithBody, shellWord } from '../parts/shell-command.ts'
import type { Definition } from './definition-values.ts'
import { breakerThatRollsBack, type ServiceBody } from './service-fields.tsx'

/** The `ecs-api` commands for the requests of the form, in their order. */
export function creationCommands({
  account,
  cluster,
  body,
  definition,
  registeredName,
  createsCluster,
}: {
  account: string
  cluster: string
  body: ServiceBody
  /** The definition to register; undefined when the body names an existing one. */
  definition: Definition | undefined
  /** The revision that an earlier try of the form has registered for the definition. */
  registeredName: string | undefined
  createsCluster: boolean
}): string[] {
  const reference = `${account}/${cluster}`
  const serviceBody = definition ? { ...body, taskDefinition: registeredName ?? definition.family ?? '' } : body
  return [
    ...(createsCluster ? [`ecs-api clusters create ${shellWord(reference)}`] : []),
    ...(definition && registeredName === undefined
      ? [commandWithBody(`taskdefs create --account ${shellWord(account)}`, definition)]
      : []),
    createCommand(`${reference}/${body.name}`, serviceBody),
  ]
}

/** The command that creates the service: with flags if they can express the body, else with the body on stdin. */
function createCommand(ref: string, body: ServiceBody): string {
  const { name, taskDefinition, count, enableExecuteCommand, deploymentConfiguration, ...others } = body
  const isPlain = deploymentConfiguration === undefined || isSameJson(deploymentConfiguration, breakerThatRollsBack)
  if (Object.keys(others).length > 0 || !isPlain) return commandWithBody(`services create ${shellWord(ref)}`, body)
  const flags = [
    `--task-definition ${shellWord(String(taskDefinition))}`,
    ...(count === undefined ? [] : [`--count ${count}`]),
    ...(deploymentConfiguration ? ['--circuit-breaker rollback'] : []),
    ...(enableExecuteCommand ? ['--exec'] : []),
  ]
  return `ecs-api services create ${shellWord(ref)} ${flags.join(' ')}`
}

/** The sentence of a plan that names the simulated containers whose commands are ignored. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'
import { simulatedCommandRun } from './simulated-behaviour.ts'

export function previewOfSimulation(containers: readonly AwsJson<ContainerDefinition>[]): string[] {
  const ignored = containers.filter(
    (container) =>
      [...(container.entryPoint ?? []), ...(container.command ?? [])].length > 0 &&
      simulatedCommandRun(container) === undefined &&
      !Object.keys(container.dockerLabels ?? {}).some((label) => label.startsWith('ecs-api.simulated.')),
  )
  return ignored.length === 0 ? [] : [ignoredCommandsSentence(ignored.map(({ name }) => name ?? ''))]
}

function ignoredCommandsSentence(names: readonly string[]): string {
  const one = `Containers are simulated, and the command of ${names[0]} is not run: its container`
  const several = `Containers are simulated, and the commands of ${names.join(' and ')} are not run: their containers`
  return `${names.length === 1 ? `${one} counts` : `${several} count`} as running.`
}

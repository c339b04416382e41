/** How task definitions are shown to people: the summaries of a list, and a single one with its containers. */
import type { TaskDefinition, TaskDefinitionSummary } from '@ecs-api/client'
import type { Field, ResourceView } from '../out/resource-view.ts'
import { shellText } from '../shell-words.ts'
import { pairsText } from './services.ts'

export const taskDefinitionSummaryView: ResourceView<TaskDefinitionSummary> = {
  noun: 'task definitions',
  name: ({ name }) => name,
  whenEmpty: 'Register one: ecs-api taskdefs create -f FILE',
  columns: [
    { header: 'DEFINITION', value: ({ name }) => name, keepPriority: 10, kind: 'name' },
    { header: 'FAMILY', value: ({ family }) => family, keepPriority: 4, kind: 'name' },
    { header: 'REVISION', value: ({ revision }) => revision, keepPriority: 5, kind: 'count' },
    { header: 'STATUS', value: ({ status }) => status, keepPriority: 6 },
    { header: 'ARN', value: ({ arn }) => arn, keepPriority: 1, kind: 'id', isWide: true },
  ],
}

export const taskDefinitionView = ({ showsValues }: { showsValues: boolean }): ResourceView<TaskDefinition> => ({
  noun: 'task definitions',
  name: ({ name }) => name,
  columns: [
    { header: 'DEFINITION', value: ({ name }) => name, keepPriority: 10, kind: 'name' },
    { header: 'STATUS', value: ({ status }) => status, keepPriority: 6 },
    { header: 'IMAGES', value: imagesOf, keepPriority: 5, kind: 'address' },
  ],
  fields: (definition) => [
    ['definition', definition.name],
    ['status', definition.status],
    ...contentFields(definition, { showsValues }),
    ['task role', definition.taskRoleArn],
    ['execution role', definition.executionRoleArn],
    ['registered', definition.registeredAt],
    ['by', definition.registeredBy],
    ['arn', definition.arn],
  ],
})

/** The size and the containers. Values of variables are shown only on request; their names are. */
export function contentFields(definition: TaskDefinition, { showsValues }: { showsValues: boolean }): readonly Field[] {
  const { cpu, memory, containerDefinitions } = definition
  return [
    ['size', cpu === undefined ? undefined : `${cpu} CPU units, ${memory} MiB`],
    ...containerDefinitions.flatMap((container) => containerFields(container, showsValues)),
  ]
}

function containerFields(container: TaskDefinition['containerDefinitions'][number], showsValues: boolean): Field[] {
  const { name, image, entryPoint, command, portMappings, environment, secrets, healthCheck, logConfiguration } =
    container
  const ports = portMappings.map(({ containerPort, protocol }) =>
    protocol === undefined || protocol === 'tcp' ? containerPort : `${containerPort}/${protocol}`,
  )
  const [kind, ...words] = healthCheck?.command ?? []
  const check = kind === 'CMD-SHELL' ? words.join(' ') : shellText(words)
  const { 'awslogs-group': group } = logConfiguration?.options ?? {}
  return [
    ['container', `${name}  ${image}`],
    ['  entry point', entryPoint && shellText(entryPoint)],
    ['  command', command && shellText(command)],
    ['  ports', ports.join(', ')],
    ['  variables', showsValues ? pairsText(environment) : Object.keys(environment).join(', ')],
    ['  secrets', Object.keys(secrets ?? {}).join(', ')],
    ['  health check', kind === undefined || kind === 'NONE' ? undefined : check],
    ['  log', group ?? logConfiguration?.logDriver],
  ]
}

function imagesOf({ containerDefinitions }: TaskDefinition): string {
  return containerDefinitions.map(({ image }) => image).join(', ')
}

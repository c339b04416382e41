/** How task definitions are shown to people: the summaries of a list, and a single one with its containers. */
import type { TaskDefinition, TaskDefinitionSummary } from '@ecs-api/client'
import type { Shape } from '../out/shape.ts'

export const taskDefinitionSummaryShape: Shape<TaskDefinitionSummary> = {
  noun: 'task definitions',
  name: ({ name }) => name,
  whenEmpty: 'Register one: ecs-api taskdefs create -f FILE',
  columns: [
    { header: 'DEFINITION', value: ({ name }) => name, rank: 10, kind: 'name' },
    { header: 'FAMILY', value: ({ family }) => family, rank: 4, kind: 'name' },
    { header: 'REVISION', value: ({ revision }) => revision, rank: 5, kind: 'count' },
    { header: 'STATUS', value: ({ status }) => status, rank: 6 },
    { header: 'ARN', value: ({ arn }) => arn, rank: 1, kind: 'id', isWide: true },
  ],
}

export const taskDefinitionShape: Shape<TaskDefinition> = {
  noun: 'task definitions',
  name: ({ name }) => name,
  columns: [
    { header: 'DEFINITION', value: ({ name }) => name, rank: 10, kind: 'name' },
    { header: 'STATUS', value: ({ status }) => status, rank: 6 },
    { header: 'IMAGES', value: imagesOf, rank: 5, kind: 'address' },
  ],
  fields: (definition) => [
    ['definition', definition.name],
    ['status', definition.status],
    ['size', definition.cpu === undefined ? undefined : `${definition.cpu} CPU units, ${definition.memory} MiB`],
    ...definition.containerDefinitions.map(({ name, image }) => ['container', `${name}  ${image}`] as const),
    ['task role', definition.taskRoleArn],
    ['execution role', definition.executionRoleArn],
    ['registered', definition.registeredAt],
    ['by', definition.registeredBy],
    ['arn', definition.arn],
  ],
}

function imagesOf({ containerDefinitions }: TaskDefinition): string {
  return containerDefinitions.map(({ image }) => image).join(', ')
}

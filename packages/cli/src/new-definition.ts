/** The task definition that `services create --image` registers, named for the service, as the console does. */
import type { Account, TaskDefinitionRegister } from '@ecs-api/client'
import { containerChangesOf, containersOfChanges } from './container-flags.ts'
import { UsageError } from './errors.ts'
import type { Flags } from './flags.ts'

/** The smallest task of Fargate. */
const defaultSize = { cpu: 256, memory: 512 }

/** @throws UsageError with every wrong flag */
export function definitionFromFlags(
  flags: Flags,
  family: string,
  { mode, number, region }: Account,
): TaskDefinitionRegister {
  const containers = containersOfChanges(containerChangesOf(flags), family).map(withoutNull)
  const withoutImage = containers.filter(({ image }) => image === undefined).map(({ name }) => name)
  if (withoutImage.length > 0)
    throw new UsageError(
      `No --image is for the container ${withoutImage.join(', ')}.`,
      '--image CONTAINER=REF names one.',
    )
  // The engine has no IAM, so any role will do there. On AWS the gateway adds the role of its configuration.
  const localRole = (name: string) => (mode === 'local' ? `arn:aws:iam::${number}:role/${name}` : undefined)
  const executionRoleArn = flags.text('execution-role') ?? localRole('ecsTaskExecutionRole')
  const taskRoleArn = flags.text('task-role') ?? localRole(family)
  return {
    family,
    cpu: flags.integer('cpu') ?? defaultSize.cpu,
    memory: flags.integer('memory') ?? defaultSize.memory,
    ...(executionRoleArn !== undefined && { executionRoleArn }),
    ...(taskRoleArn !== undefined && { taskRoleArn }),
    containerDefinitions: containers.map((container) => ({
      ...container,
      logConfiguration: {
        logDriver: 'awslogs',
        options: {
          'awslogs-group': `/ecs/${family}`,
          'awslogs-region': region,
          'awslogs-stream-prefix': 'ecs',
          'awslogs-create-group': 'true',
        },
      },
    })) as TaskDefinitionRegister['containerDefinitions'],
  }
}

/** Null removes a field, which a new container does not have. */
function withoutNull<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as T
}

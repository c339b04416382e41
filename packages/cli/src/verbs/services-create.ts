import type { ServiceCreate } from '@ecs-api/client'
import { readBodyFile } from '../body-file.ts'
import { circuitBreakerOf, failingTasksEndDeployments } from '../circuit-breaker-flag.ts'
import type { Input } from '../command.ts'
import { UsageError } from '../errors.ts'
import { serviceShape } from '../shapes/services.ts'

/** Creates a service from a file, from flags, or from both: a flag replaces the field of the file. */
export async function createService({ account, target, args, flags, out }: Input): Promise<void> {
  const [reference] = args
  const [name, cluster = target.cluster, accountName] = (reference?.split('/') ?? []).reverse()
  const file = flags.text('file')
  const body = file === undefined ? undefined : await readBodyFile(file)
  const fields = { ...(body?.value as Partial<ServiceCreate> | undefined) }
  if (name !== undefined) fields.name = name
  const definition = flags.text('task-definition')
  if (definition !== undefined) fields.taskDefinition = definition
  const count = flags.integer('count') ?? (body ? undefined : 1)
  if (count !== undefined) fields.count = count
  if (flags.isSet('exec')) fields.enableExecuteCommand = true
  const circuitBreaker = circuitBreakerOf(flags)
  if (circuitBreaker) fields.deploymentConfiguration = { ...fields.deploymentConfiguration, ...circuitBreaker }
  if (cluster === undefined)
    throw new UsageError('In which cluster? Name the service as cluster/service, or add --cluster NAME.')
  if (fields.name === undefined || fields.taskDefinition === undefined)
    throw new UsageError(
      'A service needs a name and a task definition.',
      'Give NAME and --task-definition REF, or -f FILE.',
    )
  const { services } = await account(accountName)
  const create = () => services.create(cluster, fields as ServiceCreate)
  const { service } = await (body ? body.sendWithErrorPlaces(create) : create())
  await out.resource(serviceShape, service)
  if (!failingTasksEndDeployments(service))
    out.note(
      'The circuit breaker is off: a deployment whose tasks fail goes on (--circuit-breaker rollback).',
      'yellow',
    )
}

import type { AccountClient, ServiceCreate, TaskDefinitionRegister } from '@ecs-api/client'
import { readBodyFile } from '../body-file.ts'
import { printChangedService } from '../changed-service.ts'
import { breakerThatRollsBack, circuitBreakerOf, failingTasksEndDeployments } from '../circuit-breaker-flag.ts'
import type { CommandInput } from '../command.ts'
import { containerChangesOf } from '../container-flags.ts'
import { findAccount } from '../context/account.ts'
import { UsageError } from '../errors.ts'
import { definitionFromFlags } from '../new-definition.ts'
import { followRollout } from '../progress/follow-rollout.ts'
import { tagsOf } from '../tag-flags.ts'
import { serviceView } from '../views/services.ts'

/**
 * Creates a service from a file, from flags, or from both: a flag replaces the field of the file. With `--image` it
 * also registers the task definition.
 */
export async function createService(input: CommandInput): Promise<void> {
  const { target, args, flags, out } = input
  const [reference] = args
  const [name, cluster = target.cluster, accountName] = (reference?.split('/') ?? []).reverse()
  const file = flags.text('file')
  const body = file === undefined ? undefined : await readBodyFile(file, input.signal)
  const fields = { ...(body?.value as Partial<ServiceCreate> | undefined), ...fieldsOfFlags(flags) }
  if (name !== undefined) fields.name = name
  if (body === undefined) fields.count ??= 1
  const isFromImage = isFromImageFlag(flags, fields)
  // A first deployment from an image ends and rolls back when its tasks fail. The console does the same.
  const needsBreaker = isFromImage && fields.deploymentConfiguration?.deploymentCircuitBreaker === undefined
  const circuitBreaker = circuitBreakerOf(flags) ?? (needsBreaker ? breakerThatRollsBack : undefined)
  if (circuitBreaker) fields.deploymentConfiguration = { ...fields.deploymentConfiguration, ...circuitBreaker }
  if (cluster === undefined)
    throw new UsageError('In which cluster? Name the service as cluster/service, or add --cluster NAME.')
  if (fields.name === undefined || (fields.taskDefinition === undefined && !isFromImage))
    throw new UsageError(
      'A service needs a name, and an image or a task definition.',
      'Give NAME and --image REF, NAME and --task-definition REF, or -f FILE.',
    )
  const account = await input.account(accountName)
  const definition = isFromImage ? await definitionFor(input, fields.name, accountName) : undefined
  const create = () => createDefinitionAndService(account, cluster, fields as ServiceCreate, definition)
  const rollout = await (body ? body.sendAndLocateErrors(create) : create())
  const { service } = rollout
  const warnOfBreaker = () => {
    if (failingTasksEndDeployments(service)) return
    const next = `ecs-api deploy ${cluster}/${service.name} --circuit-breaker rollback`
    out.note(`The circuit breaker is off: a deployment whose tasks fail goes on. ${next}`, 'yellow')
  }
  if (flags.isSet('wait')) {
    warnOfBreaker()
    const title = `Creating ${cluster}/${service.name} with ${service.taskDefinition}`
    const undo = `Delete it: ecs-api services delete ${cluster}/${service.name} --force`
    const followed = await followRollout({ input, account, title, rollout, service, undo })
    return printChangedService(out, account, followed)
  }
  await out.resource(serviceView, service)
  warnOfBreaker()
}

function fieldsOfFlags(flags: CommandInput['flags']): Partial<ServiceCreate> {
  const taskDefinition = flags.text('task-definition')
  const count = flags.integer('count')
  const tags = tagsOf(flags) as Record<string, string> | undefined
  return {
    ...(taskDefinition !== undefined && { taskDefinition }),
    ...(count !== undefined && { count }),
    ...(flags.isSet('exec') && { enableExecuteCommand: true }),
    ...(tags && { tags }),
  }
}

/** Whether `--image` is given. @throws UsageError for flags of a new definition together with an existing one */
function isFromImageFlag(flags: CommandInput['flags'], { taskDefinition }: Partial<ServiceCreate>): boolean {
  const isFromImage = flags.list('image').length > 0
  if (isFromImage && taskDefinition !== undefined)
    throw new UsageError(`--image registers a new task definition, so it does not go with ${taskDefinition}.`)
  const needsImage = ['cpu', 'memory', 'execution-role', 'task-role'].filter(
    (flag) => (flags.text(flag) ?? flags.integer(flag)) !== undefined,
  )
  if (!isFromImage && (needsImage.length > 0 || containerChangesOf(flags).length > 0))
    throw new UsageError(
      'Flags of containers, sizes and roles are for a new task definition, and need --image.',
      'With an existing one: create the service, then ecs-api deploy.',
    )
  return isFromImage
}

async function definitionFor(
  { client, accountName, flags }: CommandInput,
  family: string,
  typedAccount: string | undefined,
): Promise<TaskDefinitionRegister> {
  return definitionFromFlags(flags, family, await findAccount(client, await accountName(typedAccount)))
}

/** Plans the service before the definition is registered, so that a rejected service leaves no revision behind. */
async function createDefinitionAndService(
  { services, taskDefinitions }: AccountClient,
  cluster: string,
  fields: ServiceCreate,
  definition: TaskDefinitionRegister | undefined,
) {
  if (definition === undefined) return services.create(cluster, fields)
  await services.create(cluster, { ...fields, taskDefinition: `${definition.family}:(new)` }, { dryRun: true })
  const { name } = await taskDefinitions.create(definition)
  return services.create(cluster, { ...fields, taskDefinition: name })
}

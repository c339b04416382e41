/**
 * Connects the runtime to other services of the engine: containers get secrets in their environment, their output goes
 * to CloudWatch Logs, and their network reaches the task endpoint.
 */
import type { LogConfiguration } from '@aws-sdk/client-ecs'
import { type AwsJson, parseArn } from '@ecs-api/ecs-model'
import type { TaskEndpoints } from './ecs/endpoint/task-endpoints.ts'
import { awslogsStreamName } from './ecs/tasks/awslogs-stream.ts'
import type { Logs } from './logs/service.ts'
import { AwsError } from './protocol/aws-error.ts'
import { type ContainerCallbacks, type LogSink, RuntimeFault, type TaskSpec } from './runtimes/runtime.ts'
import type { SecretsManager } from './secrets-manager/service.ts'
import type { Ssm } from './ssm/service.ts'

export interface ContainerCallbacksDeps {
  secretsManager: SecretsManager
  ssm: Ssm
  logs: Logs
  endpoints: TaskEndpoints
}

/** Creates the functions that a runtime calls for its containers. */
export function createContainerCallbacks({
  secretsManager,
  ssm,
  logs,
  endpoints,
}: ContainerCallbacksDeps): ContainerCallbacks {
  function secretValues(
    { arn }: TaskSpec,
    secrets: readonly AwsJson<{ name?: string; valueFrom?: string }>[],
  ): [string, string][] {
    const { account, region } = parseArn(arn) ?? { account: '', region: '' }
    const parameters = secrets.filter(({ valueFrom = '' }) => !isSecretsManagerArn(valueFrom))
    const values = asRuntimeFault(() =>
      ssm.taskParameters(
        account,
        region,
        parameters.map(({ valueFrom = '' }) => valueFrom),
      ),
    )
    const valueOfParameter = new Map(parameters.map((parameter, i) => [parameter, values[i] ?? '']))
    return secrets.map((secret) => {
      const { name = '', valueFrom = '' } = secret
      return [
        name,
        valueOfParameter.get(secret) ?? asRuntimeFault(() => secretsManager.taskSecret(account, region, valueFrom)),
      ]
    })
  }

  return {
    async environment(task, { name = '', secrets = [], environment = [], logConfiguration }) {
      const stream = awslogsStream(task, name, logConfiguration)
      if (stream) await logs.openTaskStream(stream.account, stream.region, stream).catch(throwRuntimeFault)
      const definedNames = new Set(environment.map((pair) => pair.name))
      const endpointVariables = Object.entries(endpoints.environment(task, name)).filter(
        ([variable]) => !definedNames.has(variable),
      )
      return new Map([...endpointVariables, ...secretValues(task, secrets)])
    },

    async registryCredentials({ arn }, { repositoryCredentials }) {
      const secret = repositoryCredentials?.credentialsParameter
      if (!secret) return undefined
      const { account, region } = parseArn(arn) ?? { account: '', region: '' }
      const { username, password } = readCredentials(
        asRuntimeFault(() => secretsManager.taskSecret(account, region, secret)),
      )
      return { username, password }
    },

    logSink(task, { name = '', logConfiguration }): LogSink | undefined {
      const stream = awslogsStream(task, name, logConfiguration)
      if (!stream) return undefined
      const { account, region } = stream
      return {
        afterPosition: logs.findMark(account, region, stream),
        storeLines: (lines) =>
          logs.putTaskEvents(
            account,
            region,
            stream,
            lines.map(({ time, text }) => ({ timestamp: time, message: text })),
            lines.at(-1)?.position,
          ),
      }
    },

    onNetworkPrepared: (task, namespace) => endpoints.open(task, namespace),
  }
}

interface AwslogsStream {
  account: string
  region: string
  group: string
  stream: string
  createGroup: boolean
}

/** The log group and log stream of the container's awslogs driver; undefined for other drivers. */
function awslogsStream(
  { arn, id }: TaskSpec,
  container: string,
  log: AwsJson<LogConfiguration> | undefined,
): AwslogsStream | undefined {
  const scope = parseArn(arn)
  const {
    'awslogs-group': group,
    'awslogs-stream-prefix': prefix,
    'awslogs-region': region,
    'awslogs-create-group': createGroup,
  } = log?.options ?? {}
  if (log?.logDriver !== 'awslogs' || !group || !scope) return undefined
  return {
    account: scope.account,
    region: region ?? scope.region,
    group,
    stream: awslogsStreamName(prefix, container, id),
    createGroup: createGroup === 'true',
  }
}

function isSecretsManagerArn(valueFrom: string): boolean {
  return parseArn(valueFrom)?.service === 'secretsmanager'
}

/**
 * Reads the secret of a registry: JSON with `username` and `password` (ECS Developer Guide, "Private registry
 * authentication for tasks").
 */
function readCredentials(value: string): { username: string; password: string } {
  try {
    const { username, password } = JSON.parse(value) as { username?: unknown; password?: unknown }
    if (typeof username === 'string' && typeof password === 'string') return { username, password }
  } catch {
    // The error below does not contain the value.
  }
  throw new RuntimeFault(
    'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to parse the registry credentials: username and password are expected',
  )
}

function asRuntimeFault<T>(request: () => T): T {
  try {
    return request()
  } catch (error) {
    throwRuntimeFault(error)
  }
}

/** Turns a service's error into a RuntimeFault, because its message becomes the task's stopped reason. */
function throwRuntimeFault(error: unknown): never {
  throw error instanceof AwsError ? new RuntimeFault(`${error.code}: ${error.message}`) : error
}

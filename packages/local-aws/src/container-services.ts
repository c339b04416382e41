/** What containers get of the engine's other services: secrets in their environment, a place for what they write, the task endpoint. */
import type { ContainerDefinition, LogConfiguration } from '@aws-sdk/client-ecs'
import { parseArn, type Wire } from '@ecs-api/ecs-model'
import type { TaskEndpoints } from './ecs/task-endpoints.ts'
import type { Logs } from './logs/service.ts'
import { AwsError } from './protocol/aws-error.ts'
import { type ContainerServices, type LogSink, RuntimeFault, type TaskSpec } from './runtimes/runtime.ts'
import type { SecretsManager } from './secrets-manager/service.ts'
import type { Ssm } from './ssm/service.ts'

export interface ContainerServicesParts {
  secretsManager: SecretsManager
  ssm: Ssm
  logs: Logs
  endpoints: TaskEndpoints
}

export function containerServices({ secretsManager, ssm, logs, endpoints }: ContainerServicesParts): ContainerServices {
  function secretValues({ arn }: TaskSpec, secrets: readonly Wire<{ name?: string; valueFrom?: string }>[]): [string, string][] {
    const { account, region } = parseArn(arn) ?? { account: '', region: '' }
    const parameters = secrets.filter(({ valueFrom = '' }) => !isSecretsManager(valueFrom))
    const values = inEcsWords(() =>
      ssm.taskParameters(
        account,
        region,
        parameters.map(({ valueFrom = '' }) => valueFrom),
      ),
    )
    const ofParameters = new Map(parameters.map((parameter, i) => [parameter, values[i] ?? '']))
    return secrets.map((secret) => {
      const { name = '', valueFrom = '' } = secret
      return [name, ofParameters.get(secret) ?? inEcsWords(() => secretsManager.taskSecret(account, region, valueFrom))]
    })
  }

  return {
    async environment(task, { name = '', secrets = [], environment = [] }) {
      const own = new Set(environment.map((pair) => pair.name))
      const around = Object.entries(endpoints.environment(task, name)).filter(([variable]) => !own.has(variable))
      return new Map([...around, ...secretValues(task, secrets)])
    },

    async registryCredentials({ arn }, { repositoryCredentials }) {
      const secret = repositoryCredentials?.credentialsParameter
      if (!secret) return undefined
      const { account, region } = parseArn(arn) ?? { account: '', region: '' }
      const { username, password } = readCredentials(inEcsWords(() => secretsManager.taskSecret(account, region, secret)))
      return { username, password }
    },

    async prepareLogs(task, container) {
      const stream = awslogsStream(task, container)
      if (!stream) return
      await inEcsWordsLater(() => logs.openTaskStream(stream.account, stream.region, stream))
    },

    logSink(task, container): LogSink | undefined {
      const stream = awslogsStream(task, container)
      if (!stream) return undefined
      return {
        ...lastPosition(logs, stream),
        take: (lines) =>
          logs.putTaskEvents(
            stream.account,
            stream.region,
            stream,
            lines.map(({ at, text, position }) => ({ timestamp: at, message: text, position })),
          ),
      }
    },

    prepared: (task, namespace) => endpoints.open(task, namespace),
  }
}

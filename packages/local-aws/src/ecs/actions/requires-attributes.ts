/**
 * The attributes that a container instance needs to run a task definition. ECS derives them at registration (Developer
 * Guide, "attributes").
 */
import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'

type Input = AwsJson<RegisterTaskDefinitionRequest>
type Container = AwsJson<ContainerDefinition>

const remoteApi = (version: string) => `com.amazonaws.ecs.capability.docker-remote-api.${version}`

/**
 * Each row: attributes, and whether a definition needs them. The order is ECS's as far as recorded responses show it:
 * the log driver first, the requirements of `awsvpc` last.
 */
const rules: [names: string[], isNeeded: (input: Input, containers: Container[]) => boolean][] = [
  [['com.amazonaws.ecs.capability.logging-driver.awslogs'], (_, containers) => containers.some(hasAwsLogs)],
  [
    ['ecs.capability.execution-role-awslogs'],
    ({ executionRoleArn }, containers) => Boolean(executionRoleArn) && containers.some(hasAwsLogs),
  ],
  [['com.amazonaws.ecs.capability.ecr-auth'], (_, containers) => containers.some(isInEcr)],
  [[remoteApi('1.19')], (_, containers) => containers.some(hasAwsLogs)],
  [[remoteApi('1.28')], (_, containers) => containers.some(hasLogMode)],
  [[remoteApi('1.21')], (_, containers) => containers.some(({ image }) => image?.includes('@sha256:'))],
  [['com.amazonaws.ecs.capability.task-iam-role'], ({ taskRoleArn }) => Boolean(taskRoleArn)],
  [
    ['ecs.capability.container-health-check'],
    (_, containers) => containers.some(({ healthCheck }) => healthCheck !== undefined),
  ],
  [['ecs.capability.container-ordering'], (_, containers) => containers.some(isOrdered)],
  [
    ['ecs.capability.execution-role-ecr-pull'],
    ({ executionRoleArn }, containers) => Boolean(executionRoleArn) && containers.some(isInEcr),
  ],
  [
    ['ecs.capability.efsAuth'],
    ({ volumes = [] }) => volumes.some(({ efsVolumeConfiguration }) => efsVolumeConfiguration !== undefined),
  ],
  [
    ['ecs.capability.secrets.asm.environment-variables'],
    (_, containers) => secretsOf(containers).some(isInSecretsManager),
  ],
  [
    ['ecs.capability.secrets.ssm.environment-variables'],
    (_, containers) => secretsOf(containers).some((valueFrom) => !isInSecretsManager(valueFrom)),
  ],
  [[remoteApi('1.18'), 'ecs.capability.task-eni'], ({ networkMode }) => networkMode === 'awsvpc'],
]

/** The names of the attributes, in ECS's order. */
export function requiredAttributeNames(input: Input): string[] {
  const containers = input.containerDefinitions ?? []
  return [...new Set(rules.flatMap(([names, isNeeded]) => (isNeeded(input, containers) ? names : [])))]
}

function isInEcr({ image = '' }: Container): boolean {
  return /^\d{12}\.dkr\.ecr[.-]/.test(image)
}

function hasAwsLogs({ logConfiguration }: Container): boolean {
  return logConfiguration?.logDriver === 'awslogs'
}

function hasLogMode({ logConfiguration }: Container): boolean {
  return logConfiguration?.options?.mode !== undefined
}

function isOrdered({ dependsOn = [], startTimeout, stopTimeout }: Container): boolean {
  return dependsOn.length > 0 || startTimeout !== undefined || stopTimeout !== undefined
}

function secretsOf(containers: Container[]): string[] {
  return containers.flatMap(({ secrets = [] }) => secrets.map(({ valueFrom }) => valueFrom ?? ''))
}

function isInSecretsManager(valueFrom: string): boolean {
  return /^arn:[^:]+:secretsmanager:/.test(valueFrom)
}

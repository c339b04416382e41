/** Defaults of a task definition: fields that Fargate needs and that the client left out. */
import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { parseCpuUnits, parseMemoryMiB, smallestFargateSize } from '@ecs-api/ecs-model'
import type { Account } from '../aws/account.ts'
import type { Body } from '../shapes/body.ts'

/**
 * The body's input with Fargate's defaults. Adds an error when the definition is not for Fargate, and when no size of
 * Fargate is large enough for its containers.
 */
export function withFargateDefaults(account: Account, { input: given, addError }: Body): RegisterTaskDefinitionRequest {
  const input = given as unknown as RegisterTaskDefinitionRequest
  if (input.requiresCompatibilities && !input.requiresCompatibilities.includes('FARGATE'))
    addError(
      ['requiresCompatibilities'],
      'requiresCompatibilities must contain FARGATE or be left out: the gateway supports Fargate only',
    )
  const result: RegisterTaskDefinitionRequest = {
    ...input,
    networkMode: input.networkMode ?? 'awsvpc',
    requiresCompatibilities: input.requiresCompatibilities ?? ['FARGATE'],
  }
  Object.assign(result, executionRoleMember(account, result))
  if (result.cpu === undefined || result.memory === undefined) Object.assign(result, smallestSizeFor(result, addError))
  return Object.fromEntries(
    Object.entries(result).filter(([, value]) => value !== undefined),
  ) as unknown as RegisterTaskDefinitionRequest
}

/**
 * The account's default execution role as a member; no member if the definition has an execution role or needs none.
 */
export function executionRoleMember(
  { defaults }: Account,
  input: RegisterTaskDefinitionRequest,
): Pick<RegisterTaskDefinitionRequest, 'executionRoleArn'> {
  const isMissing = input.executionRoleArn === undefined && needsExecutionRole(input)
  return isMissing && defaults.executionRoleArn !== undefined ? { executionRoleArn: defaults.executionRoleArn } : {}
}

/**
 * The smallest size that is large enough for the containers. A CPU or memory value in the input is kept. Adds an error
 * when Fargate has no such size.
 */
function smallestSizeFor(
  input: RegisterTaskDefinitionRequest,
  addError: Body['addError'],
): { cpu?: string; memory?: string } {
  const containers = input.containerDefinitions ?? []
  // `parseCpuUnits` and `parseMemoryMiB` of an empty text are undefined: then each size is possible.
  const atLeastCpu = containers.reduce((sum, container) => sum + (container.cpu ?? 0), 0)
  const atLeastMemory = containers.reduce(
    (sum, container) => sum + (container.memory ?? container.memoryReservation ?? 0),
    0,
  )
  const size = smallestFargateSize({
    cpu: parseCpuUnits(input.cpu ?? ''),
    memory: parseMemoryMiB(input.memory ?? ''),
    atLeastCpu,
    atLeastMemory,
    isWindows: input.runtimePlatform?.operatingSystemFamily?.startsWith('WINDOWS') ?? false,
  })
  if (size) return { cpu: String(size.cpu), memory: String(size.memory) }
  const given = [input.cpu && `cpu ${input.cpu}`, input.memory && `memory ${input.memory}`].filter(Boolean).join(', ')
  const wantedSize = given ? `size with ${given}` : 'size'
  addError(
    [input.memory === undefined ? 'memory' : 'cpu'],
    `Fargate has no ${wantedSize} that is large enough for the containers, which need ` +
      `${atLeastCpu} CPU units and ${atLeastMemory} MiB`,
  )
  // These values only keep the later check against ECS's rules from reporting the missing size a second time.
  return { cpu: input.cpu ?? '256', memory: input.memory ?? '512' }
}

function needsExecutionRole(input: RegisterTaskDefinitionRequest): boolean {
  return (input.containerDefinitions ?? []).some(
    (container) =>
      container.logConfiguration?.logDriver === 'awslogs' ||
      (container.secrets?.length ?? 0) > 0 ||
      (container.logConfiguration?.secretOptions?.length ?? 0) > 0 ||
      container.repositoryCredentials !== undefined ||
      /^\d{12}\.dkr\.ecr[.-]/.test(container.image ?? ''),
  )
}

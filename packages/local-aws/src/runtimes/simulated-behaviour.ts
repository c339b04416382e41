/** Reads the behaviour of a simulated container from its docker labels, its command and its health check. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'
import { RuntimeFault } from './runtime.ts'
import { type CommandRun, simulateCommand, simulateScript } from './simulated-command.ts'

/**
 * The behaviour of a simulated container (docs/simulated-runtime.md). Times are milliseconds: `…AfterMs` counts from
 * the start of the container.
 */
export interface SimulatedBehaviour {
  exitAfterMs?: number
  exitCode: number
  outOfMemoryAfterMs?: number
  healthyAfterMs?: number
  unhealthyAfterMs?: number
  /** The exit code of a failed health check, and its output. */
  healthCheckExitCode: number
  healthCheckOutput?: string
  startDelayMs?: number
  pullDelayMs?: number
  pullError?: string
  startError?: string
  networkError?: string
  ignoresSigterm: boolean
  /** CPU units (1024 are one processor) and MiB that the container claims to use while it runs. */
  cpuUnits: number
  memoryMiB: number
  /** The lines that it prints; undefined when its command is not followed. */
  output?: Pick<CommandRun, 'lines' | 'loop'>
}

const PREFIX = 'ecs-api.simulated.'

type LabelParser = (value: string) => Partial<SimulatedBehaviour> | undefined

const labelParsers: Record<string, LabelParser> = {
  'exit-after': parseSeconds('exitAfterMs'),
  'exit-code': (value) => (/^\d{1,3}$/.test(value) && Number(value) <= 255 ? { exitCode: Number(value) } : undefined),
  'out-of-memory-after': parseSeconds('outOfMemoryAfterMs'),
  'healthy-after': parseSeconds('healthyAfterMs'),
  'unhealthy-after': parseSeconds('unhealthyAfterMs'),
  'health-output': (healthCheckOutput) => ({ healthCheckOutput }),
  'start-delay': parseSeconds('startDelayMs'),
  'pull-delay': parseSeconds('pullDelayMs'),
  'pull-error': (pullError) => ({ pullError }),
  'start-error': (startError) => ({ startError }),
  'network-error': (networkError) => ({ networkError }),
  cpu: parseAmount('cpuUnits'),
  memory: parseAmount('memoryMiB'),
  'ignore-sigterm': (value) =>
    value === 'true' || value === 'false' ? { ignoresSigterm: value === 'true' } : undefined,
}

function parseAmount(member: 'cpuUnits' | 'memoryMiB'): LabelParser {
  return (value) => (/^\d{1,7}(\.\d+)?$/.test(value) ? { [member]: Number(value) } : undefined)
}

function parseSeconds(member: keyof SimulatedBehaviour): LabelParser {
  return (value) => (/^\d{1,7}(\.\d+)?$/.test(value) ? { [member]: Number(value) * 1000 } : undefined)
}

/**
 * Reads the labels, the command and the health check of a container. A label overrides the command.
 * @throws RuntimeFault for an unknown label with the prefix, and for an invalid value: a mistyped label must not be
 * ignored.
 */
export function simulatedBehaviourOf(definition: AwsJson<ContainerDefinition>): SimulatedBehaviour {
  const { dockerLabels = {} } = definition
  let behaviour: SimulatedBehaviour = {
    exitCode: 0,
    healthCheckExitCode: 1,
    ignoresSigterm: false,
    cpuUnits: 0,
    memoryMiB: 0,
    ...healthCheckBehaviour(definition),
  }
  const run = simulatedCommandRun(definition)
  if (run) behaviour.output = run
  // A label with an exit code and none with a time means an exit at once.
  if (`${PREFIX}exit-code` in dockerLabels) behaviour.exitAfterMs = 0
  if (run?.endsAfterMs !== undefined) behaviour = { ...behaviour, exitAfterMs: run.endsAfterMs, exitCode: run.exitCode }
  for (const [label, value] of Object.entries(dockerLabels)) {
    if (!label.startsWith(PREFIX)) continue
    const name = label.slice(PREFIX.length)
    const read = Object.hasOwn(labelParsers, name) ? labelParsers[name] : undefined
    if (!read)
      throw new RuntimeFault(
        `CannotCreateContainerError: the simulated runtime does not know the docker label ${label}`,
      )
    const parsed = read(value)
    if (!parsed)
      throw new RuntimeFault(`CannotCreateContainerError: the docker label ${label} cannot be ${JSON.stringify(value)}`)
    behaviour = { ...behaviour, ...parsed }
  }
  return behaviour
}

/** The run of the container's command; undefined when there is no command, or when it is not understood. */
export function simulatedCommandRun({
  entryPoint,
  command,
}: Pick<AwsJson<ContainerDefinition>, 'entryPoint' | 'command'>): CommandRun | undefined {
  return simulateCommand([...(entryPoint ?? []), ...(command ?? [])])
}

/** A health check whose command is understood and fails, such as `exit 1`, never makes the container healthy. */
function healthCheckBehaviour({ healthCheck }: AwsJson<ContainerDefinition>): Partial<SimulatedBehaviour> {
  const [kind, ...words] = healthCheck?.command ?? []
  const run = kind === 'CMD-SHELL' ? simulateScript(words.join(' ')) : simulateCommand(words)
  return run && run.exitCode !== 0 ? { unhealthyAfterMs: 0, healthCheckExitCode: run.exitCode } : {}
}

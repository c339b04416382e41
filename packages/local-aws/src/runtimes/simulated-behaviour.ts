/** The docker labels that configure simulated containers. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'
import { RuntimeFault } from './runtime.ts'

/**
 * The behaviour of a simulated container, which docker labels configure (docs/simulated-runtime.md). Times are
 * milliseconds: `…AfterMs` counts from the start of the container.
 */
export interface Behaviour {
  exitAfterMs?: number
  exitCode: number
  outOfMemoryAfterMs?: number
  healthyAfterMs?: number
  unhealthyAfterMs?: number
  /** The output of a failed health check. */
  healthOutput?: string
  startDelayMs?: number
  pullDelayMs?: number
  pullError?: string
  startError?: string
  networkError?: string
  ignoresSigterm: boolean
  /** CPU units (1024 are one processor) and MiB that the container claims to use while it runs. */
  cpuUnits: number
  memoryMiB: number
}

const PREFIX = 'ecs-api.simulated.'

type Reader = (value: string) => Partial<Behaviour> | undefined

const readers: Record<string, Reader> = {
  'exit-after': seconds('exitAfterMs'),
  'exit-code': (value) => (/^\d{1,3}$/.test(value) && Number(value) <= 255 ? { exitCode: Number(value) } : undefined),
  'out-of-memory-after': seconds('outOfMemoryAfterMs'),
  'healthy-after': seconds('healthyAfterMs'),
  'unhealthy-after': seconds('unhealthyAfterMs'),
  'health-output': (healthOutput) => ({ healthOutput }),
  'start-delay': seconds('startDelayMs'),
  'pull-delay': seconds('pullDelayMs'),
  'pull-error': (pullError) => ({ pullError }),
  'start-error': (startError) => ({ startError }),
  'network-error': (networkError) => ({ networkError }),
  cpu: amount('cpuUnits'),
  memory: amount('memoryMiB'),
  'ignore-sigterm': (value) =>
    value === 'true' || value === 'false' ? { ignoresSigterm: value === 'true' } : undefined,
}

function amount(member: 'cpuUnits' | 'memoryMiB'): Reader {
  return (value) => (/^\d{1,7}(\.\d+)?$/.test(value) ? { [member]: Number(value) } : undefined)
}

function seconds(member: keyof Behaviour): Reader {
  return (value) => (/^\d{1,7}(\.\d+)?$/.test(value) ? { [member]: Number(value) * 1000 } : undefined)
}

/**
 * Reads the labels of a container.
 * @throws RuntimeFault for an unknown label with the prefix, and for an invalid value: a mistyped label must not be
 * ignored.
 */
export function behaviourOf({ dockerLabels = {} }: AwsJson<ContainerDefinition>): Behaviour {
  let behaviour: Behaviour = { exitCode: 0, ignoresSigterm: false, cpuUnits: 0, memoryMiB: 0 }
  for (const [label, value] of Object.entries(dockerLabels)) {
    if (!label.startsWith(PREFIX)) continue
    const name = label.slice(PREFIX.length)
    const read = Object.hasOwn(readers, name) ? readers[name] : undefined
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

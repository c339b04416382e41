/**
 * The pause container, which holds a task's namespaces: its address and its published ports. It is created first and
 * removed last.
 */
import type { NetworkBinding } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'
import type { ContainerCreateOptions, ContainerInspectInfo, PortMap } from 'dockerode'
import { RuntimeFault, type TaskSpec } from '../runtime.ts'
import { isOfNetwork } from './container-options.ts'
import { type Docker, ifFound, ignoringStatus, isUnreachable, labels, messageOf } from './docker-api.ts'
import { networkName, pauseName } from './names.ts'
import { ensurePauseImage, pauseCommand, pauseImage } from './pause-image.ts'
import { ensureNetwork } from './task-network.ts'

/**
 * A docker label that requests a port of the host: `ecs-api.host-port.80` = `8080`, `ecs-api.host-port.53/udp` =
 * `5353`.
 */
const FIXED_PORT = 'ecs-api.host-port.'
/** Ports are published for users of this machine only, not for its network. */
const LOOPBACK = '127.0.0.1'

interface PublishedPort {
  container: string
  port: number
  protocol: 'tcp' | 'udp'
  /** Empty for any free port. */
  hostPort: string
}

/** The pause container as the task's other containers need it. */
export interface Pause {
  /** Its process, on the machine that runs it. */
  pid: number
  /** The published ports, by container. */
  bindings: Map<string, Wire<NetworkBinding>[]>
}

/**
 * Creates the pause container if it does not exist. The image and the network usually exist, so they are checked only
 * after a failure.
 * @throws RuntimeFault when the address or a port is not available.
 */
export async function ensurePause(
  docker: Docker,
  engineId: string,
  task: TaskSpec,
  cgroup: string | undefined,
): Promise<Pause> {
  const published = publishedBy(task)
  const container = docker.getContainer(pauseName(engineId, task.id))
  const make = async () => {
    await docker.createContainer(pauseOptions(engineId, task, published, cgroup))
    await container.start()
  }
  try {
    await make()
  } catch (error) {
    if (isUnreachable(error)) throw error
    if (!(await ifFound(container.inspect()))?.State.Running) await makeWithRequirements(docker, engineId, task, make)
  }
  const info = await container.inspect()
  return { pid: info.State.Pid, bindings: bindingsOf(published, info) }
}

async function makeWithRequirements(
  docker: Docker,
  engineId: string,
  { id }: TaskSpec,
  make: () => Promise<void>,
): Promise<void> {
  await removePause(docker, engineId, id)
  await ensurePauseImage(docker)
  await ensureNetwork(docker, engineId)
  try {
    await make()
  } catch (error) {
    if (isUnreachable(error)) throw error
    await removePause(docker, engineId, id)
    throw new RuntimeFault(`ResourceInitializationError: the task's network could not be made: ${messageOf(error)}`)
  }
}

function pauseOptions(
  engineId: string,
  task: TaskSpec,
  published: readonly PublishedPort[],
  cgroup: string | undefined,
): ContainerCreateOptions {
  const network = networkName(engineId)
  return {
    name: pauseName(engineId, task.id),
    Image: pauseImage,
    Cmd: [pauseCommand],
    Hostname: task.network.hostname,
    Labels: { [labels.engine]: engineId, [labels.task]: task.id, [labels.pause]: 'yes' },
    ExposedPorts: Object.fromEntries(published.map((port) => [portKey(port), {}])),
    HostConfig: {
      NetworkMode: network,
      PortBindings: Object.fromEntries(
        published.map((port) => [portKey(port), [{ HostIp: LOOPBACK, HostPort: port.hostPort }]]),
      ),
      Sysctls: Object.fromEntries(
        task.containers.flatMap(({ systemControls = [] }) =>
          systemControls.flatMap(({ namespace = '', value = '' }) =>
            isOfNetwork(namespace) ? [[namespace, value]] : [],
          ),
        ),
      ),
      // Only our own few instructions run in it, and compiling the filter takes a fifth of its start time.
      SecurityOpt: ['seccomp=unconfined'],
      ...(cgroup && { CgroupParent: cgroup }),
    },
    NetworkingConfig: { EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: task.network.address } } } },
  }
}

export async function removePause(docker: Docker, engineId: string, taskId: string): Promise<void> {
  await ignoringStatus(docker.getContainer(pauseName(engineId, taskId)).remove({ force: true, v: true }), 404)
}

function publishedBy({ containers }: TaskSpec): PublishedPort[] {
  const all = containers.flatMap(({ name = '', portMappings = [], dockerLabels = {} }) =>
    portMappings.flatMap(({ containerPort, protocol }) => {
      if (containerPort === undefined) return []
      const kind: 'tcp' | 'udp' = protocol === 'udp' ? 'udp' : 'tcp'
      const requested =
        dockerLabels[`${FIXED_PORT}${containerPort}/${kind}`] ??
        (kind === 'tcp' ? dockerLabels[`${FIXED_PORT}${containerPort}`] : undefined)
      return [
        {
          container: name,
          port: containerPort,
          protocol: kind,
          hostPort: requested === undefined ? '' : hostPort(requested),
        },
      ]
    }),
  )
  return [...new Map(all.map((port) => [portKey(port), port])).values()]
}

function hostPort(requested: string): string {
  if (/^\d{1,5}$/.test(requested) && Number(requested) > 0 && Number(requested) <= 65_535) return requested
  throw new RuntimeFault(
    `ResourceInitializationError: a label that begins with ${FIXED_PORT} must be a port, not "${requested}"`,
  )
}

function portKey({ port, protocol }: Pick<PublishedPort, 'port' | 'protocol'>): string {
  return `${port}/${protocol}`
}

function bindingsOf(
  published: readonly PublishedPort[],
  { NetworkSettings }: ContainerInspectInfo,
): Map<string, Wire<NetworkBinding>[]> {
  const ports: PortMap = NetworkSettings.Ports ?? {}
  const bindings = new Map<string, Wire<NetworkBinding>[]>()
  for (const port of published) {
    const hostPort = ports[portKey(port)]?.[0]?.HostPort
    if (hostPort === undefined) continue
    const binding = { bindIP: LOOPBACK, containerPort: port.port, hostPort: Number(hostPort), protocol: port.protocol }
    bindings.set(port.container, [...(bindings.get(port.container) ?? []), binding])
  }
  return bindings
}

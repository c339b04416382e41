/**
 * The pause container, which holds a task's namespaces: its address and its published ports. It is created first and
 * removed last.
 */
import type { NetworkBinding } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'
import type { ContainerCreateOptions, ContainerInspectInfo, PortMap } from 'dockerode'
import { RuntimeFault, type TaskSpec } from '../runtime.ts'
import { isNetworkSysctl } from './container-options.ts'
import { type Docker, engineLabels, ifFound, ignoringStatus, isUnreachable, messageOf } from './docker-api.ts'
import { networkName, pauseContainerName } from './names.ts'
import { ensurePauseImage, pauseCommand, pauseImage } from './pause-image.ts'
import { ensureNetwork } from './task-network.ts'

/**
 * The prefix of docker labels that request a port of the host: `ecs-api.host-port.80` = `8080`,
 * `ecs-api.host-port.53/udp` = `5353`.
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

/** The facts about a pause container that the task's other containers need. */
export interface PauseContainer {
  /** The id of its process on the machine that runs the container. */
  pid: number
  /** The published ports, by container. */
  bindings: Map<string, AwsJson<NetworkBinding>[]>
}

/**
 * Creates and starts the pause container if it does not run. Its image and the network usually exist, so they are
 * created only after a failure.
 * @throws RuntimeFault when the address or a port is not available.
 */
export async function ensurePauseContainer(
  docker: Docker,
  engineId: string,
  task: TaskSpec,
  cgroup: string | undefined,
): Promise<PauseContainer> {
  const publishedPorts = publishedPortsOf(task)
  const container = docker.getContainer(pauseContainerName(engineId, task.id))
  const createAndStart = async () => {
    await docker.createContainer(pauseOptions(engineId, task, publishedPorts, cgroup))
    await container.start()
  }
  try {
    await createAndStart()
  } catch (error) {
    if (isUnreachable(error)) throw error
    if (!(await ifFound(container.inspect()))?.State.Running)
      await createWithRequirements(docker, engineId, task, createAndStart)
  }
  const info = await container.inspect()
  return { pid: info.State.Pid, bindings: bindingsOf(publishedPorts, info) }
}

async function createWithRequirements(
  docker: Docker,
  engineId: string,
  { id }: TaskSpec,
  createAndStart: () => Promise<void>,
): Promise<void> {
  await removePauseContainer(docker, engineId, id)
  await ensurePauseImage(docker)
  await ensureNetwork(docker, engineId)
  try {
    await createAndStart()
  } catch (error) {
    if (isUnreachable(error)) throw error
    await removePauseContainer(docker, engineId, id)
    throw new RuntimeFault(`ResourceInitializationError: the task's network could not be created: ${messageOf(error)}`)
  }
}

function pauseOptions(
  engineId: string,
  task: TaskSpec,
  publishedPorts: readonly PublishedPort[],
  cgroup: string | undefined,
): ContainerCreateOptions {
  const network = networkName(engineId)
  return {
    name: pauseContainerName(engineId, task.id),
    Image: pauseImage,
    Cmd: [pauseCommand],
    Hostname: task.network.hostname,
    Labels: { [engineLabels.engine]: engineId, [engineLabels.task]: task.id, [engineLabels.pause]: 'yes' },
    ExposedPorts: Object.fromEntries(publishedPorts.map((port) => [portKey(port), {}])),
    HostConfig: {
      NetworkMode: network,
      PortBindings: Object.fromEntries(
        publishedPorts.map((port) => [portKey(port), [{ HostIp: LOOPBACK, HostPort: port.hostPort }]]),
      ),
      Sysctls: Object.fromEntries(
        task.containers.flatMap(({ systemControls = [] }) =>
          systemControls.flatMap(({ namespace = '', value = '' }) =>
            isNetworkSysctl(namespace) ? [[namespace, value]] : [],
          ),
        ),
      ),
      // Only our own few instructions run in this container, and compiling the filter takes a fifth of its start time.
      SecurityOpt: ['seccomp=unconfined'],
      ...(cgroup && { CgroupParent: cgroup }),
    },
    NetworkingConfig: { EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: task.network.address } } } },
  }
}

export async function removePauseContainer(docker: Docker, engineId: string, taskId: string): Promise<void> {
  await ignoringStatus(docker.getContainer(pauseContainerName(engineId, taskId)).remove({ force: true, v: true }), 404)
}

function publishedPortsOf({ containers }: TaskSpec): PublishedPort[] {
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
          hostPort: requested === undefined ? '' : checkedHostPort(requested),
        },
      ]
    }),
  )
  return [...new Map(all.map((port) => [portKey(port), port])).values()]
}

function checkedHostPort(requested: string): string {
  if (/^\d{1,5}$/.test(requested) && Number(requested) > 0 && Number(requested) <= 65_535) return requested
  throw new RuntimeFault(
    `ResourceInitializationError: a label that begins with ${FIXED_PORT} must be a port, not "${requested}"`,
  )
}

function portKey({ port, protocol }: Pick<PublishedPort, 'port' | 'protocol'>): string {
  return `${port}/${protocol}`
}

function bindingsOf(
  publishedPorts: readonly PublishedPort[],
  { NetworkSettings }: ContainerInspectInfo,
): Map<string, AwsJson<NetworkBinding>[]> {
  const ports: PortMap = NetworkSettings.Ports ?? {}
  const bindings = new Map<string, AwsJson<NetworkBinding>[]>()
  for (const port of publishedPorts) {
    const hostPort = ports[portKey(port)]?.[0]?.HostPort
    if (hostPort === undefined) continue
    const binding = { bindIP: LOOPBACK, containerPort: port.port, hostPort: Number(hostPort), protocol: port.protocol }
    bindings.set(port.container, [...(bindings.get(port.container) ?? []), binding])
  }
  return bindings
}

/** The container that holds a task's namespaces: its address, its published ports. It is there before all others and goes after them. */
import type { NetworkBinding } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'
import type { ContainerCreateOptions, ContainerInspectInfo, PortMap } from 'dockerode'
import { RuntimeFault, type TaskSpec } from '../runtime.ts'
import { isOfNetwork } from './container-options.ts'
import { type Docker, ignoring, isUnreachable, labels, messageOf, orNothing } from './docker-api.ts'
import { networkName, pauseName } from './names.ts'
import { ensurePauseImage, pauseCommand, pauseImage } from './pause-image.ts'
import { ensureNetwork } from './task-network.ts'

/** A docker label that asks for a port of the host: `ecs-api.host-port.80` = `8080`, `ecs-api.host-port.53/udp` = `5353`. */
const FIXED_PORT = 'ecs-api.host-port.'
/** Ports are published for the people at this machine, not for the network that it is in. */
const LOOPBACK = '127.0.0.1'

interface Published {
  container: string
  port: number
  protocol: 'tcp' | 'udp'
  /** Empty for any that is free. */
  hostPort: string
}

/** What a task's containers join. */
export interface Pause {
  /** Of its process, on the machine that it runs on. */
  pid: number
  /** The ports that are published, by container. */
  bindings: Map<string, Wire<NetworkBinding>[]>
}

/**
 * Makes it where it is not there. What it takes is most often there already, and nothing of it: so that is looked for only after a failure.
 * @throws RuntimeFault where the address or a port can't be had.
 */
export async function ensurePause(
  docker: Docker,
  engine: string,
  task: TaskSpec,
  cgroup: string | undefined,
): Promise<Pause> {
  const published = publishedBy(task)
  const container = docker.getContainer(pauseName(engine, task.id))
  const make = async () => {
    await docker.createContainer(pauseOptions(engine, task, published, cgroup))
    await container.start()
  }
  try {
    await make()
  } catch (error) {
    if (isUnreachable(error)) throw error
    if (!(await orNothing(container.inspect()))?.State.Running) await makeWithAllItTakes(docker, engine, task, make)
  }
  const info = await container.inspect()
  return { pid: info.State.Pid, bindings: bindingsOf(published, info) }
}

async function makeWithAllItTakes(
  docker: Docker,
  engine: string,
  { id }: TaskSpec,
  make: () => Promise<void>,
): Promise<void> {
  await removePause(docker, engine, id)
  await ensurePauseImage(docker)
  await ensureNetwork(docker, engine)
  try {
    await make()
  } catch (error) {
    if (isUnreachable(error)) throw error
    await removePause(docker, engine, id)
    throw new RuntimeFault(`ResourceInitializationError: the task's network could not be made: ${messageOf(error)}`)
  }
}

function pauseOptions(
  engine: string,
  task: TaskSpec,
  published: readonly Published[],
  cgroup: string | undefined,
): ContainerCreateOptions {
  const network = networkName(engine)
  return {
    name: pauseName(engine, task.id),
    Image: pauseImage,
    Cmd: [pauseCommand],
    Hostname: task.network.hostname,
    Labels: { [labels.engine]: engine, [labels.task]: task.id, [labels.pause]: 'yes' },
    ExposedPorts: Object.fromEntries(published.map((one) => [portKey(one), {}])),
    HostConfig: {
      NetworkMode: network,
      PortBindings: Object.fromEntries(
        published.map((one) => [portKey(one), [{ HostIp: LOOPBACK, HostPort: one.hostPort }]]),
      ),
      Sysctls: Object.fromEntries(
        task.containers.flatMap(({ systemControls = [] }) =>
          systemControls.flatMap(({ namespace = '', value = '' }) =>
            isOfNetwork(namespace) ? [[namespace, value]] : [],
          ),
        ),
      ),
      // Nothing but our own few instructions ever runs in it, and compiling the filter is a fifth of its start.
      SecurityOpt: ['seccomp=unconfined'],
      ...(cgroup && { CgroupParent: cgroup }),
    },
    NetworkingConfig: { EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: task.network.address } } } },
  }
}

export async function removePause(docker: Docker, engine: string, taskId: string): Promise<void> {
  await ignoring(docker.getContainer(pauseName(engine, taskId)).remove({ force: true, v: true }), 404)
}

function publishedBy({ containers }: TaskSpec): Published[] {
  const all = containers.flatMap(({ name = '', portMappings = [], dockerLabels = {} }) =>
    portMappings.flatMap(({ containerPort, protocol }) => {
      if (containerPort === undefined) return []
      const kind: 'tcp' | 'udp' = protocol === 'udp' ? 'udp' : 'tcp'
      const asked =
        dockerLabels[`${FIXED_PORT}${containerPort}/${kind}`] ??
        (kind === 'tcp' ? dockerLabels[`${FIXED_PORT}${containerPort}`] : undefined)
      return [
        { container: name, port: containerPort, protocol: kind, hostPort: asked === undefined ? '' : hostPort(asked) },
      ]
    }),
  )
  return [...new Map(all.map((one) => [portKey(one), one])).values()]
}

function hostPort(asked: string): string {
  if (/^\d{1,5}$/.test(asked) && Number(asked) > 0 && Number(asked) <= 65_535) return asked
  throw new RuntimeFault(
    `ResourceInitializationError: a label that begins with ${FIXED_PORT} must be a port, not "${asked}"`,
  )
}

function portKey({ port, protocol }: Pick<Published, 'port' | 'protocol'>): string {
  return `${port}/${protocol}`
}

function bindingsOf(
  published: readonly Published[],
  { NetworkSettings }: ContainerInspectInfo,
): Map<string, Wire<NetworkBinding>[]> {
  const ports: PortMap = NetworkSettings.Ports ?? {}
  const bindings = new Map<string, Wire<NetworkBinding>[]>()
  for (const one of published) {
    const given = ports[portKey(one)]?.[0]?.HostPort
    if (given === undefined) continue
    const binding = { bindIP: LOOPBACK, containerPort: one.port, hostPort: Number(given), protocol: one.protocol }
    bindings.set(one.container, [...(bindings.get(one.container) ?? []), binding])
  }
  return bindings
}

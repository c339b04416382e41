/** Finds where the containers of a task definition send their log lines, and which of them have a health check. */
import type { ContainerDefinition, LogConfiguration, TaskDefinition } from '@aws-sdk/client-ecs'
import { LRUCache } from 'lru-cache'
import type { Account } from '../aws/account.ts'
import { maxEntries } from '../lru-cache/max-entries.ts'
import type { CheckedContainer } from '../services/task-health.ts'
import { findTaskDefinition } from '../task-definitions/get.ts'

/** A container with the driver `awslogs`. Its streams are named `prefix/container/task`. */
interface AwsLogs {
  container: string
  region: string
  group: string
  prefix: string
}

/** A container whose lines the gateway cannot read. */
export interface UnreadableContainer {
  container: string
  /** Null for a container without a log configuration. */
  driver: string | null
  /** The log driver's options that say where the lines go. */
  options: Record<string, string>
  detail: string
}

export interface ContainerWithCheck extends CheckedContainer {
  /** The container's ports in its port mappings. */
  ports: number[]
}

export interface ContainerLogs {
  readableContainers: AwsLogs[]
  unreadableContainers: UnreadableContainer[]
  /**
   * The containers with a health check. Diagnoses and deployments read them here, so that a definition is described
   * once.
   */
  checkedContainers: ContainerWithCheck[]
}

/** Options that name the target of the lines. Responses show no others, because an option can contain a token. */
const placeOptions: ReadonlySet<string> = new Set([
  'awslogs-group',
  'awslogs-region',
  'delivery_stream',
  'bucket',
  'fluentd-address',
  'gelf-address',
  'host',
  'log_group_name',
  'name',
  'region',
  'splunk-index',
  'splunk-url',
  'stream',
  'syslog-address',
  'topics',
])
const regionName = /^[a-z]{2,}(-[a-z]+)+-\d+$/

/** @param region the account's Region, for containers that name none */
function containerLogsOf({ containerDefinitions = [] }: TaskDefinition, region: string): ContainerLogs {
  const logs: ContainerLogs = { readableContainers: [], unreadableContainers: [], checkedContainers: [] }
  for (const definition of containerDefinitions) {
    const { name: container = '', logConfiguration, healthCheck, portMappings = [], essential = true } = definition
    const ports = portMappings.flatMap(({ containerPort }) => containerPort ?? [])
    if (healthCheck) logs.checkedContainers.push({ container, healthCheck, isEssential: essential, ports })
    const readable = awsLogsOf(container, logConfiguration, region)
    if (readable) logs.readableContainers.push(readable)
    else logs.unreadableContainers.push(unreadableContainerOf(container, logConfiguration))
  }
  return logs
}

function awsLogsOf(
  container: string,
  { logDriver, options = {} }: Partial<LogConfiguration> = {},
  accountRegion: string,
): AwsLogs | undefined {
  const { 'awslogs-group': group, 'awslogs-stream-prefix': prefix, 'awslogs-region': region = accountRegion } = options
  if (logDriver !== 'awslogs' || !group || !prefix || !regionName.test(region)) return undefined
  return { container, region, group, prefix }
}

function unreadableContainerOf(
  container: string,
  configuration: ContainerDefinition['logConfiguration'],
): UnreadableContainer {
  const { logDriver: driver = null, options = {} } = configuration ?? {}
  const shown = Object.entries(options).filter(([name]) => placeOptions.has(name.toLowerCase()))
  return { container, driver, options: Object.fromEntries(shown), detail: detailOf(container, driver) }
}

function detailOf(container: string, driver: string | null): string {
  switch (driver) {
    case null:
      return `The container ${container} has no log configuration, so its lines are not stored.`
    case 'awslogs':
      return `The container ${container} has the driver awslogs without awslogs-group or awslogs-stream-prefix, so its streams cannot be found.`
    case 'awsfirelens':
      return `The container ${container} sends its lines to the task’s FireLens router, which forwards them as its log options say.`
    default:
      return `The container ${container} sends its lines with the log driver ${driver}, where its log options say.`
  }
}

/** A cache of the containers of task definitions. A revision never changes, so it is described once. */
export class ContainerLogsByDefinition {
  readonly #account: Account
  readonly #cache = new LRUCache<string, Promise<ContainerLogs | undefined>>(maxEntries(1000))

  constructor(account: Account) {
    this.#account = account
  }

  /** Whether `find` needs no call to AWS. */
  has(name: string): boolean {
    return this.#cache.has(name)
  }

  /** @param name `family:revision` @returns undefined when the definition was deleted */
  async find(name: string): Promise<ContainerLogs | undefined> {
    const known = this.#cache.get(name)
    if (known) return known
    const finding = findTaskDefinition(this.#account, name).then(
      (definition) => definition && containerLogsOf(definition, this.#account.region),
    )
    this.#cache.set(name, finding)
    const forget = () => this.#cache.delete(name)
    finding.then((found) => found ?? forget(), forget)
    return finding
  }
}

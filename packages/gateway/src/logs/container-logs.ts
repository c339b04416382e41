/** Where the containers of a task definition send their lines. */
import type { ContainerDefinition, LogConfiguration, TaskDefinition } from '@aws-sdk/client-ecs'
import { LRUCache } from 'lru-cache'
import type { Account } from '../aws/account.ts'
import { findTaskDefinition } from '../task-definitions/get.ts'

/** A container with the driver `awslogs`. Its streams are named `prefix/container/task`. */
interface AwsLogs {
  container: string
  region: string
  group: string
  prefix: string
}

/** A container whose lines this service cannot read. */
export interface Elsewhere {
  container: string
  /** Null for a container without a log configuration. */
  driver: string | null
  /** The options that say where the lines go. */
  options: Record<string, string>
  detail: string
}

export interface ContainerLogs {
  readable: AwsLogs[]
  elsewhere: Elsewhere[]
}

/** Options that name a place. All others stay out: an option of a driver can hold a token. */
const places: ReadonlySet<string> = new Set([
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

/** @param region the account's, where the container names none */
function containerLogsOf({ containerDefinitions = [] }: TaskDefinition, region: string): ContainerLogs {
  const logs: ContainerLogs = { readable: [], elsewhere: [] }
  for (const { name: container = '', logConfiguration } of containerDefinitions) {
    const readable = awsLogsOf(container, logConfiguration, region)
    if (readable) logs.readable.push(readable)
    else logs.elsewhere.push(elsewhereOf(container, logConfiguration))
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

function elsewhereOf(container: string, configuration: ContainerDefinition['logConfiguration']): Elsewhere {
  const { logDriver: driver = null, options = {} } = configuration ?? {}
  const shown = Object.entries(options).filter(([name]) => places.has(name.toLowerCase()))
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

/** The containers of task definitions. A revision never changes, so each is described once. */
export class ContainerLogsByDefinition {
  readonly #account: Account
  /** With `maxSize` a cache grows as it fills; with `max` it allocates all of its memory at the start. */
  readonly #known = new LRUCache<string, Promise<ContainerLogs | undefined>>({
    maxSize: 1000,
    sizeCalculation: () => 1,
  })

  constructor(account: Account) {
    this.#account = account
  }

  /** Whether `find` needs no call to AWS. */
  has(name: string): boolean {
    return this.#known.has(name)
  }

  /** @param name `family:revision` @returns undefined where the definition was deleted */
  async find(name: string): Promise<ContainerLogs | undefined> {
    const known = this.#known.get(name)
    if (known) return known
    const finding = findTaskDefinition(this.#account, name).then(
      (definition) => definition && containerLogsOf(definition, this.#account.region),
    )
    this.#known.set(name, finding)
    const forget = () => this.#known.delete(name)
    finding.then((found) => found ?? forget(), forget)
    return finding
  }
}

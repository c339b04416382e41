/**
 * The host's maximum ulimits. A runtime without the right to raise limits cannot give a container higher limits than
 * its own.
 */
import { existsSync, readFileSync } from 'node:fs'
import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import type { AwsJson } from '@ecs-api/ecs-model'
import { messageOf } from './docker-api.ts'

const ulimitNames: Readonly<Record<string, string>> = {
  'Max cpu time': 'cpu',
  'Max file size': 'fsize',
  'Max data size': 'data',
  'Max stack size': 'stack',
  'Max core file size': 'core',
  'Max resident set': 'rss',
  'Max processes': 'nproc',
  'Max open files': 'nofile',
  'Max locked memory': 'memlock',
  'Max file locks': 'locks',
  'Max pending signals': 'sigpending',
  'Max msgqueue size': 'msgqueue',
  'Max nice priority': 'nice',
  'Max realtime priority': 'rtprio',
  'Max realtime timeout': 'rttime',
}

/**
 * The hard limits of the process that started `pid`, by ulimit name. A ulimit without a maximum is not in the map.
 * Undefined when the limits cannot be read.
 * @param pid the first process of a container
 */
export function hostUlimits(pid: number): ReadonlyMap<string, number> | undefined {
  const parent = parentOf(pid)
  const path = `/proc/${parent}/limits`
  if (parent === undefined || !existsSync(path)) return undefined
  const limits = new Map<string, number>()
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [, label = '', , hard = ''] = /^(.{26})(\S+)\s+(\S+)/.exec(line) ?? []
    const name = ulimitNames[label.trim()]
    if (name !== undefined && hard !== 'unlimited') limits.set(name, Number(hard))
  }
  return limits
}

function parentOf(pid: number): string | undefined {
  const path = `/proc/${pid}/status`
  return pid > 0 && existsSync(path) ? /^PPid:\s*([1-9]\d*)$/m.exec(readFileSync(path, 'utf8'))?.[1] : undefined
}

/** Whether a container could not be started because the host does not allow its limits to be raised. */
export function isUlimitRefused(error: unknown): boolean {
  return /rlimit/i.test(messageOf(error))
}

/** The names of the ulimits that are higher than the host's maximum. */
export function loweredUlimits(
  { ulimits = [] }: AwsJson<ContainerDefinition>,
  maxUlimits: ReadonlyMap<string, number>,
): string[] {
  return ulimits.flatMap(({ name = '', hardLimit = 0 }) =>
    hardLimit > (maxUlimits.get(name) ?? hardLimit) ? [name] : [],
  )
}

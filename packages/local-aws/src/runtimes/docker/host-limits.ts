/** What a process may be allowed on this machine at most: where the runtime has no right to raise limits, its containers can't have more. */
import { existsSync, readFileSync } from 'node:fs'
import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'
import { saidBy } from './docker-api.ts'

const path = '/proc/self/limits'
const names: Readonly<Record<string, string>> = {
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

/** The hard limits of this process, by the names that ulimits have; undefined where they can't be read. */
export function limitsHere(): ReadonlyMap<string, number> | undefined {
  if (!existsSync(path)) return undefined
  const limits = new Map<string, number>()
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [, what = '', , hard = ''] = /^(.{26})(\S+)\s+(\S+)/.exec(line) ?? []
    const name = names[what.trim()]
    if (name !== undefined && hard !== 'unlimited') limits.set(name, Number(hard))
  }
  return limits
}

/** Whether a container's start was refused for its limits. */
export function askedLimits({ ulimits = [] }: Wire<ContainerDefinition>, error: unknown): boolean {
  return ulimits.length > 0 && /rlimit/i.test(saidBy(error))
}

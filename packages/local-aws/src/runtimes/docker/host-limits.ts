/** What a container's processes may be allowed at most: where the runtime has no right to raise limits, they can't have more than itself. */
import { existsSync, readFileSync } from 'node:fs'
import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import type { Wire } from '@ecs-api/ecs-model'
import { messageOf } from './docker-api.ts'

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

/**
 * The hard limits of what the runtime started that process with, by the names that ulimits have; undefined where they can't be read.
 * @param pid of a container's first process
 */
export function limitsAbove(pid: number): ReadonlyMap<string, number> | undefined {
  const parent = parentOf(pid)
  const path = `/proc/${parent}/limits`
  if (parent === undefined || !existsSync(path)) return undefined
  const limits = new Map<string, number>()
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [, what = '', , hard = ''] = /^(.{26})(\S+)\s+(\S+)/.exec(line) ?? []
    const name = names[what.trim()]
    if (name !== undefined && hard !== 'unlimited') limits.set(name, Number(hard))
  }
  return limits
}

function parentOf(pid: number): string | undefined {
  const path = `/proc/${pid}/status`
  return pid > 0 && existsSync(path) ? /^PPid:\s*([1-9]\d*)$/m.exec(readFileSync(path, 'utf8'))?.[1] : undefined
}

/** Whether a container's start was refused since the host does not let its limits be raised. */
export function refusedLimits(error: unknown): boolean {
  return /rlimit/i.test(messageOf(error))
}

/** Those that ask for more than the host lets them have. */
export function loweredBy({ ulimits = [] }: Wire<ContainerDefinition>, most: ReadonlyMap<string, number>): string[] {
  return ulimits.flatMap(({ name = '', hardLimit = 0 }) => (hardLimit > (most.get(name) ?? hardLimit) ? [name] : []))
}

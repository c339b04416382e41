import type { ContainerStats, TaskUsage } from '../runtime.ts'
import { type Docker, ifFound } from './docker-api.ts'

/** One sample of the container's resource usage. */
export async function statsOf(docker: Docker, id: string): Promise<ContainerStats> {
  const stats = await docker.getContainer(id).stats({ stream: false, 'one-shot': true })
  return {
    cpuNanoseconds: stats.cpu_stats?.cpu_usage?.total_usage ?? 0,
    memoryBytes: stats.memory_stats?.usage ?? 0,
    memoryLimitBytes: stats.memory_stats?.limit ?? 0,
    docker: { ...stats },
  }
}

/** The usage of a task's containers, by their names. A container that does not exist has used nothing. */
export async function taskUsageOf(docker: Docker, containers: readonly string[]): Promise<TaskUsage> {
  const all = await Promise.all(containers.map((name) => ifFound(statsOf(docker, name))))
  const existing = all.filter((stats) => stats !== undefined)
  return {
    cpuNanoseconds: existing.reduce((sum, { cpuNanoseconds }) => sum + cpuNanoseconds, 0),
    memoryBytes: existing.reduce((sum, { memoryBytes, docker: { memory_stats: memory } }) => {
      const { total_inactive_file: v1, inactive_file: v2 = 0 } =
        (memory as { stats?: Record<string, number> })?.stats ?? {}
      return sum + Math.max(0, memoryBytes - (v1 ?? v2))
    }, 0),
  }
}

import type { ContainerStats } from '../runtime.ts'
import type { Docker } from './docker-api.ts'

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

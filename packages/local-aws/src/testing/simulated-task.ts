/** A task with the container `app`, for tests of the simulated runtime. */
import type { TaskSpec } from '../runtimes/runtime.ts'

export const neverAborts = new AbortController().signal

export function taskWith(labels: Record<string, string>, more: Partial<TaskSpec['containers'][number]> = {}): TaskSpec {
  return {
    id: '0'.repeat(32),
    arn: `arn:aws:ecs:us-east-1:111122223333:task/default/${'0'.repeat(32)}`,
    clusterArn: 'arn:aws:ecs:us-east-1:111122223333:cluster/default',
    definition: 'app:1',
    network: {
      address: '10.0.0.4',
      hostname: 'ip-10-0-0-4.ec2.internal',
      subnet: { id: 'subnet-1234abcd', cidr: '10.0.0.0/18' },
    },
    platform: { operatingSystem: 'LINUX', cpuArchitecture: 'X86_64' },
    containers: [{ name: 'app', image: 'app:1', dockerLabels: labels, ...more }],
    volumes: [],
    sharesProcesses: false,
  }
}

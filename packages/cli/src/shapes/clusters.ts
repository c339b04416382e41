/** How clusters are shown to people. */
import type { Cluster } from '@ecs-api/client'
import type { Shape } from '../out/shape.ts'
import { pairsText } from './services.ts'

export const clusterShape: Shape<Cluster> = {
  noun: 'clusters',
  name: ({ name }) => name,
  whenEmpty: 'Create one: ecs-api clusters create NAME',
  columns: [
    { header: 'CLUSTER', value: ({ name }) => name, rank: 10, kind: 'name' },
    { header: 'STATUS', value: ({ status }) => status, rank: 7 },
    { header: 'SERVICES', value: ({ activeServicesCount }) => activeServicesCount, rank: 6, kind: 'count' },
    { header: 'RUNNING', value: ({ runningTasksCount }) => runningTasksCount, rank: 5, kind: 'count' },
    { header: 'PENDING', value: ({ pendingTasksCount }) => pendingTasksCount, rank: 4, kind: 'count' },
    {
      header: 'PROVIDERS',
      value: ({ capacityProviders }) => capacityProviders.join(','),
      rank: 3,
      kind: 'text',
      isWide: true,
    },
  ],
  fields: (cluster) => [
    ['cluster', cluster.name],
    ['status', cluster.status],
    ['services', cluster.activeServicesCount],
    ['tasks', `${cluster.runningTasksCount} running, ${cluster.pendingTasksCount} pending`],
    ['providers', cluster.capacityProviders.join(', ')],
    ['settings', pairsText(cluster.settings)],
    ['tags', pairsText(cluster.tags)],
    ['version', cluster.configVersion],
    ['arn', cluster.arn],
  ],
}

/** How clusters are shown to people. */
import type { Cluster } from '@ecs-api/client'
import type { ResourceView } from '../out/resource-view.ts'
import { pairsText } from './services.ts'

export const clusterView: ResourceView<Cluster> = {
  noun: 'clusters',
  name: ({ name }) => name,
  whenEmpty: 'Create one: ecs-api clusters create NAME',
  columns: [
    { header: 'CLUSTER', value: ({ name }) => name, keepPriority: 10, kind: 'name' },
    { header: 'STATUS', value: ({ status }) => status, keepPriority: 7 },
    { header: 'SERVICES', value: ({ activeServicesCount }) => activeServicesCount, keepPriority: 6, kind: 'count' },
    { header: 'RUNNING', value: ({ runningTasksCount }) => runningTasksCount, keepPriority: 5, kind: 'count' },
    { header: 'PENDING', value: ({ pendingTasksCount }) => pendingTasksCount, keepPriority: 4, kind: 'count' },
    {
      header: 'PROVIDERS',
      value: ({ capacityProviders }) => capacityProviders.join(','),
      keepPriority: 3,
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

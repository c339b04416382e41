/** How deployments of a service are shown to people. */
import type { ServiceDeployment } from '@ecs-api/client'
import { deploymentSentence } from '@ecs-api/client/words'
import type { ResourceView } from '../out/resource-view.ts'
import type { Style } from '../out/style.ts'
import { nextStepText } from './next-step.ts'
import { failureTexts } from './task-failures.ts'

const styleOf = ({ status }: ServiceDeployment): Style => {
  if (status === 'SUCCESSFUL') return 'green'
  return /^(STOPPED|ROLLBACK)/.test(status) ? 'red' : 'yellow'
}

export const deploymentView: ResourceView<ServiceDeployment> = {
  noun: 'deployments',
  name: ({ cluster, service, id }) => `${cluster}/${service}/${id}`,
  columns: [
    { header: 'DEPLOYMENT', value: ({ id }) => id, keepPriority: 10, kind: 'id' },
    { header: 'STATUS', value: ({ status }) => status, keepPriority: 9, style: styleOf },
    { header: 'STARTED', value: ({ createdAt }) => createdAt, keepPriority: 6, kind: 'time' },
    {
      header: 'FAILED',
      value: ({ taskFailures }) => taskFailures.length,
      keepPriority: 3,
      kind: 'count',
      isWide: true,
    },
    {
      header: 'SENTENCE',
      value: (deployment, now) => deploymentSentence(deployment, now),
      keepPriority: 7,
      kind: 'text',
    },
  ],
  fields: (deployment, now) => [
    ['deployment', `${deployment.cluster}/${deployment.service}/${deployment.id}`],
    ['state', deploymentSentence(deployment, now), styleOf(deployment)],
    ['stage', deployment.lifecycleStage],
    ['waiting for', deployment.waitingFor],
    ['since', deployment.waitingSince],
    ['next', nextStepText(deployment, now)],
    ...failureTexts(deployment.taskFailures).map((text) => ['failed', text, 'red'] as const),
    ['started', deployment.createdAt],
    ['finished', deployment.finishedAt],
    ['arn', deployment.arn],
  ],
}

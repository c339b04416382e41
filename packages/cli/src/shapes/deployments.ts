/** How deployments of a service are shown to people. */
import type { ServiceDeployment } from '@ecs-api/client'
import { deploymentSentence } from '@ecs-api/client/words'
import type { Shape } from '../out/shape.ts'
import type { Style } from '../out/style.ts'
import { failureTexts } from './task-failures.ts'

const styleOf = ({ status }: ServiceDeployment): Style => {
  if (status === 'SUCCESSFUL') return 'green'
  return /^(STOPPED|ROLLBACK)/.test(status) ? 'red' : 'yellow'
}

export const deploymentShape: Shape<ServiceDeployment> = {
  noun: 'deployments',
  name: ({ cluster, service, id }) => `${cluster}/${service}/${id}`,
  columns: [
    { header: 'DEPLOYMENT', value: ({ id }) => id, rank: 10, kind: 'id' },
    { header: 'STATUS', value: ({ status }) => status, rank: 9, style: styleOf },
    { header: 'STARTED', value: ({ createdAt }) => createdAt, rank: 6, kind: 'time' },
    { header: 'FAILED', value: ({ taskFailures }) => taskFailures.length, rank: 3, kind: 'count', isWide: true },
    { header: 'SENTENCE', value: (deployment, now) => deploymentSentence(deployment, now), rank: 7, kind: 'text' },
  ],
  fields: (deployment, now) => [
    ['deployment', `${deployment.cluster}/${deployment.service}/${deployment.id}`],
    ['state', deploymentSentence(deployment, now), styleOf(deployment)],
    ['stage', deployment.lifecycleStage],
    ['waiting for', deployment.waitingFor],
    ...failureTexts(deployment.taskFailures).map((text) => ['failed', text, 'red'] as const),
    ['started', deployment.createdAt],
    ['finished', deployment.finishedAt],
    ['arn', deployment.arn],
  ],
}

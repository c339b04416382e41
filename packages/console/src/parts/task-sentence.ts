/** The sentence of a task, where its deployment or its definition says more than the task itself. */
import type { ServiceDeployment, Task } from '@ecs-api/client'
import { type Sentence, type TaskState, taskSentence } from '@ecs-api/client/words'

export const startedByOf = ({ targetServiceRevision }: ServiceDeployment) =>
  `ecs-svc/${targetServiceRevision.arn.split('/').at(-1)}`

/**
 * The sentence of a task. A running task of the deployment is still starting until it has passed its health checks:
 * the deployment counts the healthy tasks where its containers have such checks.
 */
export function sentenceOfTask(task: Task, deployment: ServiceDeployment | undefined, now: number) {
  const sentence = taskSentence(task, now)
  const isNotHealthyYet =
    sentence.state === 'running' &&
    deployment?.healthyTaskCount !== undefined &&
    task.startedBy === startedByOf(deployment) &&
    task.healthStatus !== 'HEALTHY'
  return isNotHealthyYet ? notHealthyYet(sentence) : sentence
}

/** The sentence of a running task that has not passed its health checks. */
export const notHealthyYet = ({ text, ...others }: Sentence<TaskState>): Sentence<TaskState> => ({
  ...others,
  state: 'starting',
  text: text.replace(/\.$/, ', not healthy yet.'),
})

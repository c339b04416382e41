/** A state, shown as a mark and a sentence. Each tone has a mark of its own shape, so that no state needs colour. */
import type { ServiceDeployment, Task } from '@ecs-api/client'
import { hadNoRollbackTarget, type Sentence, type ServiceState, type TaskState } from '@ecs-api/client/words'
import { wordOf } from '../facts/words.ts'
import { PrintableText, printable } from './printable-text.tsx'
import { sentenceOfTask } from './task-sentence.ts'
import { useNow } from './time.tsx'

export type Tone = 'ok' | 'bad' | 'changing' | 'waiting' | 'stopped'

const serviceTones: Record<ServiceState, Tone> = {
  steady: 'ok',
  surplus: 'ok',
  deploying: 'changing',
  draining: 'changing',
  waiting: 'waiting',
  'stopping-deployment': 'changing',
  failing: 'bad',
  'rolling-back': 'bad',
  'rolled-back': 'bad',
  'rollback-failed': 'bad',
  failed: 'bad',
  down: 'bad',
  short: 'waiting',
  unstable: 'bad',
  unknown: 'waiting',
  'scaled-to-zero': 'stopped',
  deleted: 'stopped',
}
const taskTones: Record<TaskState, Tone> = {
  running: 'ok',
  starting: 'changing',
  failed: 'bad',
  unhealthy: 'bad',
  stopping: 'waiting',
  stopped: 'stopped',
  unknown: 'waiting',
}

const diagnosisTones: Readonly<Record<string, Tone>> = { failing: 'bad', degraded: 'bad', healthy: 'ok' }

/** The tone of a diagnosis's status. */
export const toneOfDiagnosis = (status: string): Tone => diagnosisTones[status] ?? 'waiting'

export const toneOfService = (state: ServiceState): Tone => serviceTones[state]
export const toneOfTask = (state: TaskState): Tone => taskTones[state]

/** Whether ECS still works on the deployment, or on its rollback. */
export const isUnfinished = ({ status }: ServiceDeployment) => /^PENDING$|_REQUESTED$|IN_PROGRESS$/.test(status)

/** The status of a deployment in the word of its sentence, such as `deployed`, or in lower case: `in progress`. */
export function deploymentStatusText(deployment: ServiceDeployment): string {
  if (hadNoRollbackTarget(deployment)) return 'failed'
  if (deployment.status === 'SUCCESSFUL') return 'deployed'
  return deployment.status === 'ROLLBACK_SUCCESSFUL' ? 'failed, rolled back' : wordOf(deployment.status)
}

export function Status({ tone, text, title }: { tone: Tone; text: string; title?: string }) {
  return (
    <span className="status" data-tone={tone} title={title && printable(title)}>
      <PrintableText text={text} />
    </span>
  )
}

/** The sentence of a service in a list, with the cause of a failure. */
export function SentenceStatus({ sentence: { state, text, detail } }: { sentence: Sentence<ServiceState> }) {
  const tone = toneOfService(state)
  return (
    <>
      <Status tone={tone} text={text} />
      {tone === 'bad' && detail && (
        <>
          {' '}
          <PrintableText text={detail} />
        </>
      )}
    </>
  )
}

export function TaskStatus({
  task,
  newestDeployment,
}: {
  task: Task
  newestDeployment?: ServiceDeployment | undefined
}) {
  const { state, text } = sentenceOfTask(task, newestDeployment, useNow())
  // A table shows as much of it as fits into a line.
  return <Status tone={toneOfTask(state)} text={text} title={text} />
}

/** ECS API Reference, Cluster, `status`: in lower case, with the mark of a service that runs where it can be used. */
export function ClusterStatus({ status }: { status: string }) {
  return <Status tone={status === 'ACTIVE' ? 'ok' : 'waiting'} text={wordOf(status)} />
}

/**
 * The lanes of a service: its tasks by revision, as far as they are part of its present state. A deployment that starts
 * the same revision again, such as a restart, has a lane of its own beside the one of the old tasks.
 */
import type { Service, ServiceDeployment, Task } from '@ecs-api/client'
import { type TaskState, taskSentence } from '@ecs-api/client/words'
import { phaseOf } from '../live/task-phase.ts'
import { sentenceOfTask, startedByOf } from './task-sentence.ts'

/** At most this number of blocks in a lane. The table of tasks has the other tasks. */
const maxBlocks = 24
/** A task that has stopped counts for this time. */
const stoppedCountedMs = 15 * 60_000

export interface Lane {
  definition: string
  /** Which tasks of the revision, where a deployment replaces tasks by others of the same revision. */
  generation: 'new' | 'old' | undefined
  /** The tasks with a block: those that have not stopped, and failed ones in the places of desired tasks. */
  blocks: Task[]
  /** How many tasks that have not stopped are beyond the largest number of blocks. */
  moreCount: number
  /** Such as `2 running, 4 failed`. */
  text: string
}

interface LaneFacts {
  service: Service
  tasks: readonly Task[]
  newestDeployment: ServiceDeployment | undefined
  /** A steady service has lanes only of tasks that have not stopped. */
  isSteady: boolean
  /** Milliseconds since 1970. */
  now: number
}

/** Sorts `web:10` after `web:9`. */
const byRevision = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true })

/** @returns also the number of the revisions whose tasks have all stopped and are not part of the present state */
export function lanesOf(facts: LaneFacts): { lanes: Lane[]; olderCount: number } {
  const { service, newestDeployment, isSteady, now } = facts
  const tasks = facts.tasks.filter(
    (task) => phaseOf(task) !== 'stopped' || now - Date.parse(task.stoppedAt ?? '') < stoppedCountedMs,
  )
  const current = service.taskDefinition
  const definitions = [...new Set(tasks.map(({ taskDefinition }) => taskDefinition ?? ''))].sort((a, b) =>
    a === current ? -1 : b === current ? 1 : byRevision(b, a),
  )
  const isPresent = (definition: string) =>
    tasks.some(
      (task) =>
        task.taskDefinition === definition &&
        (phaseOf(task) !== 'stopped' ||
          (!isSteady &&
            (definition === current || (newestDeployment && task.startedBy === startedByOf(newestDeployment))))),
    )
  const shown = definitions.filter(isPresent)
  const replacing = replacingDeployment(service)
  const lanes = shown.flatMap((definition) => {
    const ofDefinition = tasks.filter(({ taskDefinition }) => taskDefinition === definition)
    if (definition !== replacing?.taskDefinition) return laneOf(facts, definition, undefined, ofDefinition)
    const isNew = ({ startedBy }: Task) => startedBy === replacing.id
    return [
      laneOf(facts, definition, 'new', ofDefinition.filter(isNew)),
      laneOf(
        facts,
        definition,
        'old',
        ofDefinition.filter((task) => !isNew(task)),
      ),
    ]
  })
  return { lanes, olderCount: isSteady ? 0 : definitions.length - shown.length }
}

/** The deployment in progress that replaces tasks by others of the same revision. */
function replacingDeployment({ deployments }: Service) {
  const primary = deployments.find(({ status }) => status === 'PRIMARY')
  const hasSameRevision = deployments.some(
    ({ id, taskDefinition }) => id !== primary?.id && taskDefinition === primary?.taskDefinition,
  )
  return primary?.rolloutState === 'IN_PROGRESS' && hasSameRevision ? primary : undefined
}

function laneOf(facts: LaneFacts, definition: string, generation: Lane['generation'], tasks: Task[]): Lane {
  const { service, newestDeployment, now } = facts
  const notStopped = tasks.filter((task) => phaseOf(task) !== 'stopped')
  const failed = tasks.filter((task) => phaseOf(task) === 'stopped' && taskSentence(task, now).state === 'failed')
  const freePlaces = Math.max(0, service.desiredCount - notStopped.length)
  const notHealthyCount = notStopped.filter(
    (task) =>
      taskSentence(task, now).state === 'running' && sentenceOfTask(task, newestDeployment, now).state === 'starting',
  ).length
  const counts = countsOf(service, definition, generation, tasks, now)
  const part = (count: number, word: string) => (count > 0 ? [`${count} ${word}`] : [])
  return {
    definition,
    generation,
    blocks: [...notStopped, ...failed.slice(0, freePlaces)].slice(0, maxBlocks),
    moreCount: Math.max(0, notStopped.length - maxBlocks),
    text: [
      `${counts.running} running`,
      ...part(notHealthyCount, 'not healthy yet'),
      ...part(counts.starting, 'starting'),
      ...part(counts.failed, 'failed'),
      ...part(countIn(tasks, now, 'stopping'), 'stopping'),
    ].join(', '),
  }
}

/**
 * A task that is being stopped keeps the status RUNNING at first, but ECS and the status sentence no longer count it.
 */
const countIn = (tasks: readonly Task[], now: number, ...states: TaskState[]) =>
  tasks.filter((task) => states.includes(taskSentence(task, now).state)).length

/**
 * The tasks of a lane. While they are being deployed, these are ECS's counts, as in the status sentence of the page.
 */
function countsOf(
  { deployments }: Service,
  definition: string,
  generation: Lane['generation'],
  tasks: readonly Task[],
  now: number,
) {
  const ofLane = deployments.filter(
    ({ taskDefinition, status }) =>
      taskDefinition === definition && (generation === undefined || (status === 'PRIMARY') === (generation === 'new')),
  )
  const sum = (member: 'runningCount' | 'pendingCount' | 'failedTasks') =>
    ofLane.reduce((total, deployment) => total + (deployment[member] ?? 0), 0)
  if (ofLane.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS'))
    return { running: sum('runningCount'), starting: sum('pendingCount'), failed: sum('failedTasks') }
  return {
    running: countIn(tasks, now, 'running', 'unhealthy'),
    starting: countIn(tasks, now, 'starting'),
    failed: countIn(tasks, now, 'failed'),
  }
}

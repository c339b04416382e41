import assert from 'node:assert/strict'
import { decideActions } from '../ecs/scheduler/decide.ts'
import type { Action } from '../ecs/scheduler/decision.ts'
import { type DeploymentState, isHealthy, type ServiceState, type TaskState } from '../ecs/scheduler/scheduler-state.ts'

/** How the tasks of a deployment behave in this model. */
export type TaskOutcome = 'good' | 'never-starts' | 'exits' | 'becomes-unhealthy' | 'health-stays-unknown'

/**
 * A model of a service and its tasks for tests of `decideActions`. Actions are applied at once and completely; a test
 * advances the tasks step by step.
 */
export function modelledService(given: {
  desiredCount: number
  minimumHealthyPercent?: number
  maximumPercent?: number
  circuitBreaker?: boolean
  hasHealthCheck?: boolean
}) {
  const { minimumHealthyPercent = 100, maximumPercent = 200, circuitBreaker = false, hasHealthCheck = false } = given
  let ids = 0
  let now = 1_000_000
  let desiredCount = given.desiredCount
  let status: ServiceState['status'] = 'ACTIVE'
  let isServiceEnded = false
  let conditions: string[] = []
  let lastCompleted: string | undefined
  let nextDecisionAt: number | undefined
  let deployments: DeploymentState[] = []
  let tasks: TaskState[] = []
  const outcomes = new Map<string, TaskOutcome>()
  const events: string[] = []

  const service = (): ServiceState => ({
    name: 'web',
    status,
    drainsUntil: 0,
    desiredCount,
    minimumHealthyPercent,
    maximumPercent,
    circuitBreaker: {
      enable: circuitBreaker,
      rollback: true,
      resetOnHealthyTask: true,
      threshold: { type: 'BOUNDED_PERCENT', value: 50 },
    },
    deployments,
    ...(lastCompleted && { lastCompleted }),
    conditions,
    warmUpMs: 40_000,
    backOff: { initialDelayMs: 10_000, maxDelayMs: 900_000 },
  })
  const newDeployment = (id: string): DeploymentState => ({
    id,
    rollout: 'IN_PROGRESS',
    rollingBack: false,
    failedTasks: 0,
    startFailures: 0,
    strategy: [],
  })
  const startedTasks = () => tasks.filter((task) => task.phase === 'starting' || task.phase === 'running')
  const healthyTasks = () => tasks.filter((task) => isHealthy(task, 40_000, now))
  const updateTask = (id: string, changes: Partial<TaskState>) => {
    tasks = tasks.map((task) => (task.id === id ? { ...task, ...changes } : task))
  }

  function applyAction(action: Action): void {
    switch (action.do) {
      case 'start':
        for (const _ of action.capacityProviders)
          tasks.push({
            id: `t${ids++}`,
            deployment: action.deployment,
            phase: 'starting',
            shouldRun: true,
            createdAt: now,
            ...(hasHealthCheck && { health: 'UNKNOWN' }),
          })
        return
      case 'stop':
        updateTask(action.task, {
          shouldRun: false,
          stopCause: action.reason === 'unhealthy' ? 'unhealthy' : 'requested',
          stoppingSince: now,
        })
        return
      case 'mark-counted':
        updateTask(action.task, { countedAs: action.countedAs })
        return
      case 'count':
        deployments = deployments.map((deployment) =>
          deployment.id === action.deployment ? { ...deployment, ...action } : deployment,
        )
        return
      case 'complete':
        deployments = deployments.map((deployment) =>
          deployment.id === action.deployment
            ? { ...deployment, rollout: 'COMPLETED', rollingBack: false }
            : deployment,
        )
        lastCompleted = action.deployment
        return
      case 'fail':
        deployments = deployments.map((deployment) =>
          deployment.id === action.deployment ? { ...deployment, rollout: 'FAILED' } : deployment,
        )
        return
      case 'roll-back':
        deployments = [
          { ...newDeployment(action.targetDeployment), rollingBack: true },
          ...deployments
            .filter(({ id }) => id !== action.targetDeployment)
            .map((deployment) =>
              deployment.id === action.failedDeployment ? { ...deployment, rollout: 'FAILED' as const } : deployment,
            ),
        ]
        return
      case 'retire':
        deployments = deployments.filter(({ id }) => id !== action.deployment)
        return
      case 'end-service':
        isServiceEnded = true
        return
      case 'set-conditions':
        conditions = action.conditions
        return
      case 'event':
        events.push(action.message)
        return
      case 'reconcile-again':
        nextDecisionAt = action.at
    }
  }

  /** Applies decisions until nothing is left to do, and asserts ECS's guarantees at each step. */
  function reconcile(): void {
    for (let rounds = 0; rounds < 50; rounds++) {
      const before = { up: startedTasks().length, healthy: healthyTasks().length }
      nextDecisionAt = undefined
      const actions = decideActions(service(), tasks, now)
      for (const action of actions) applyAction(action)
      tasks = tasks.filter((task) => !(task.phase === 'stopped' && task.countedAs === 'ended'))
      if (status === 'ACTIVE') {
        const maxUp = Math.floor((desiredCount * maximumPercent) / 100)
        const minHealthy = Math.ceil((desiredCount * minimumHealthyPercent) / 100)
        assert.ok(
          startedTasks().length <= Math.max(maxUp, before.up),
          `${startedTasks().length} tasks are up, at most ${maxUp} are allowed`,
        )
        assert.ok(
          healthyTasks().length >= Math.min(minHealthy, before.healthy),
          `${healthyTasks().length} tasks are healthy, at least ${minHealthy} are required`,
        )
      }
      const isDecisionDue = nextDecisionAt !== undefined && nextDecisionAt <= now
      if (
        isServiceEnded ||
        (!isDecisionDue && actions.every((action) => action.do === 'reconcile-again' || action.do === 'event'))
      )
        return
    }
    assert.fail('decideActions returns further actions after 50 rounds')
  }

  /** Moves one task one step through its states. */
  function stepThrough(task: TaskState): void {
    const outcome = outcomes.get(task.deployment) ?? 'good'
    if (task.phase === 'stopped') return
    if (task.phase === 'stopping' || (!task.shouldRun && task.phase === 'starting'))
      updateTask(task.id, { phase: 'stopped' })
    else if (!task.shouldRun) updateTask(task.id, { phase: 'stopping' })
    else if (task.phase === 'starting' && outcome === 'never-starts')
      updateTask(task.id, { phase: 'stopping', shouldRun: false, stopCause: 'not-started', stoppingSince: now })
    else if (task.phase === 'starting') updateTask(task.id, { phase: 'running', startedAt: now })
    else if (outcome === 'exits')
      updateTask(task.id, { phase: 'stopping', shouldRun: false, stopCause: 'exited', stoppingSince: now })
    else if (hasHealthCheck && outcome !== 'health-stays-unknown')
      updateTask(task.id, { health: outcome === 'becomes-unhealthy' ? 'UNHEALTHY' : 'HEALTHY' })
  }

  return {
    events,
    service,
    reconcile,
    tasks: () => tasks,
    startedTasks,
    healthyTasks,
    isServiceEnded: () => isServiceEnded,
    deploy(id: string, outcome: TaskOutcome) {
      outcomes.set(id, outcome)
      deployments = [newDeployment(id), ...deployments]
      reconcile()
    },
    /** From now on the tasks of the deployment start and become healthy. */
    repairDeployment(id: string) {
      outcomes.set(id, 'good')
    },
    scale(count: number) {
      desiredCount = count
      reconcile()
    },
    /** Lets one of the running tasks exit by itself. */
    exitTask(index: number) {
      const running = tasks.filter((task) => task.shouldRun && task.phase === 'running')
      const task = running[index % Math.max(1, running.length)]
      if (task) updateTask(task.id, { phase: 'stopping', shouldRun: false, stopCause: 'exited', stoppingSince: now })
      reconcile()
    },
    makeUnhealthy(index: number) {
      const running = tasks.filter((task) => task.shouldRun && task.phase === 'running')
      const task = running[index % Math.max(1, running.length)]
      if (task && hasHealthCheck) updateTask(task.id, { health: 'UNHEALTHY' })
      reconcile()
    },
    protectTask(index: number, ms: number) {
      const running = tasks.filter((task) => task.shouldRun && task.phase === 'running')
      const task = running[index % Math.max(1, running.length)]
      if (task) updateTask(task.id, { protectedUntil: now + ms })
      reconcile()
    },
    deleteService() {
      status = 'DRAINING'
      reconcile()
    },
    /** Moves one of the tasks that have not stopped one step through its states. */
    stepTask(index: number) {
      const notStopped = tasks.filter((task) => task.phase !== 'stopped')
      const task = notStopped[index % Math.max(1, notStopped.length)]
      if (task) stepThrough(task)
      reconcile()
    },
    /** Moves all tasks, and advances the time to each next decision, until nothing changes any more. */
    runUntilStable(rounds = 400) {
      for (let round = 0; round < rounds; round++) {
        const before = JSON.stringify([tasks, deployments, conditions])
        for (const task of tasks) {
          stepThrough(task)
          reconcile()
        }
        // Time advances only when nothing else changes: a task that exits does so before it has warmed up.
        const moved = JSON.stringify([tasks, deployments, conditions]) !== before
        if (!moved && nextDecisionAt !== undefined) now = Math.max(now, nextDecisionAt)
        reconcile()
        if (JSON.stringify([tasks, deployments, conditions]) === before && nextDecisionAt === undefined) return
      }
      assert.fail('the service does not become stable')
    },
  }
}

/**
 * ECS in the engine: validates a request, runs its action in one transaction, and owns the scheduler and the sessions.
 *
 * Comments in this folder name the source of a rule. "Recorded" means that a response of AWS was recorded; a name such
 * as "services 134" identifies the recording.
 */
import { findOperation, type Operation, readRequest, SerializationFault } from '@ecs-api/ecs-model'
import type { Clock } from '../clock.ts'
import type { Ids } from '../ids.ts'
import type { Kms } from '../kms/service.ts'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonService } from '../protocol/aws-json.ts'
import type { Caller } from '../protocol/exchange.ts'
import type { TaggedResource } from '../protocol/tagged-resource.ts'
import type { FindSocketHandler } from '../protocol/upgrades.ts'
import type { Runtime } from '../runtimes/runtime.ts'
import type { Storage } from '../storage/storage.ts'
import { accountSettingActions } from './actions/account-settings.ts'
import type { Actions } from './actions/action.ts'
import { attributeActions } from './actions/attributes.ts'
import { capacityProviderActions, finishProviderDeletion } from './actions/capacity-providers.ts'
import { checkInput } from './actions/check-input.ts'
import { finishNamespaceAttachment } from './actions/cluster-attachments.ts'
import { clusterActions } from './actions/clusters.ts'
import { executeCommandActions } from './actions/execute-command.ts'
import { serviceDeploymentActions } from './actions/service-deployments.ts'
import { serviceActions } from './actions/services.ts'
import { taggedResources } from './actions/tagged-resources.ts'
import { tagActions } from './actions/tags.ts'
import { taskDefinitionActions } from './actions/task-definitions.ts'
import { taskActions } from './actions/tasks.ts'
import { openDelayedWork } from './delayed-work.ts'
import { createExecSessions, type ExecSessions } from './exec/exec-sessions.ts'
import { type MetricSink, measureUtilization } from './metrics/utilization.ts'
import { realAddresses, simulatedAddresses } from './records/address-space.ts'
import { type AllEcsTables, openAllEcsTables, readViewAt } from './records/ecs-tables.ts'
import { type EventSink, emitServiceEvents, emitTaskEvent } from './records/emitted-events.ts'
import { notifyServices } from './scheduler/runtime-notices.ts'
import { createScheduler } from './scheduler/scheduler.ts'
import type { Timing } from './scheduler/timing.ts'
import { type Network, networkOf } from './tasks/network.ts'

export type { Network, SubnetInfo, TaskNetworkInterface } from './tasks/network.ts'

/** The prefix of ECS's actions in the header X-Amz-Target. */
export const ecsTarget = 'AmazonEC2ContainerServiceV20141113'

export interface EcsDeps {
  storage: Storage
  clock: Clock
  ids: Ids
  consistencyDelayMs: number
  runtime: Runtime
  /** The delays of the scheduler. They depend on the pace of the runtime. */
  timing: Timing
  /** Receives the events of tasks and services. By default they are dropped. */
  eventSink?: EventSink
  /** Receives the metrics of services and tasks. By default nothing is measured. */
  metricSink?: MetricSink
  /**
   * The address for sessions of ECS Exec, such as `ws://127.0.0.1:4566`; undefined while the engine does not listen.
   */
  streamBaseUrl?: () => string | undefined
  /** The number of sessions that a task may have at a time. */
  sessionsPerTask?: number
  /** KMS's Decrypt, for the agents of encrypted sessions. */
  decryptWithKms: Kms['decrypt']
  /** Receives errors that are defects of the engine. */
  onUnexpectedError: (error: unknown) => void
}

export interface Ecs {
  handleAction: JsonService
  /** The ECS tables of all accounts and Regions, for other AWS services of the engine. */
  allEcsTables: AllEcsTables
  /** The VPC of the account in this Region, in the form that EC2 shows. */
  network(account: string, region: string): Network
  /** The resources of ECS with their tags, as old as the consistency delay. */
  taggedResources(account: string, region: string): TaggedResource[]
  /** Accepts the WebSockets of ECS Exec. */
  findSocketHandler: FindSocketHandler
  /** Ends a session of ECS Exec, for TerminateSession of Systems Manager. */
  terminateSession: ExecSessions['terminate']
  /** Ends all sessions of ECS Exec and starts no others. */
  closeSessions(): Promise<void>
  /** Call once after a start: continues the work that was in progress. */
  resume(): Promise<void>
  /** Stops all tasks, and services start no others. Resolves when all tasks have stopped, or after `withinMs`. */
  stopTasks(withinMs: number): Promise<void>
  /**
   * Adds a message of the container runtime to the events of the task's service. Without `taskArn`, all services with
   * live tasks get it.
   */
  addRuntimeMessage(text: string, taskArn?: string): void
  close(): Promise<void>
}

const actions: Actions = {
  ...accountSettingActions,
  ...attributeActions,
  ...capacityProviderActions,
  ...clusterActions,
  ...executeCommandActions,
  ...serviceActions,
  ...serviceDeploymentActions,
  ...tagActions,
  ...taskActions,
  ...taskDefinitionActions,
}

/** "ECS Exec sessions" in Amazon ECS service quotas; AWS has raised its figure to 1,000. */
const SESSIONS_PER_TASK = 20

const noEvents: EventSink = { wantsEvents: () => false, emit: () => {} }

export function openEcs({
  storage,
  clock,
  ids,
  consistencyDelayMs,
  runtime,
  timing,
  eventSink = noEvents,
  metricSink,
  streamBaseUrl = () => undefined,
  sessionsPerTask = SESSIONS_PER_TASK,
  decryptWithKms,
  onUnexpectedError,
}: EcsDeps): Ecs {
  const allEcsTables = openAllEcsTables(
    storage,
    runtime.addressRange === undefined ? simulatedAddresses : realAddresses(runtime.addressRange),
    {
      task: (owner, before, task) => emitTaskEvent(eventSink, clock, owner, before, task),
      service: (owner, before, service) => emitServiceEvents(eventSink, clock, owner, before, service),
    },
  )
  const sessions = createExecSessions({
    ...{ runtime, clock, ids, streamBaseUrl, decryptWithKms, onUnexpectedError },
    maxPerTask: sessionsPerTask,
  })
  const delayedWork = openDelayedWork(clock, timing.delayedWorkMs)
  const serviceScheduler = createScheduler({ clock, ids, runtime, storage, timing, onUnexpectedError })

  let endMeasurements = async () => {}

  async function handleAction(name: string, body: unknown, caller: Caller): Promise<object> {
    const operation = findOperation(name)
    if (!operation) throw new AwsError('UnknownOperationException')
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined
    if (!action)
      throw new AwsError('UnsupportedFeatureException', `This engine does not have the action ${name} of Amazon ECS.`)
    const input = readInput(operation, body)
    const ecsTables = allEcsTables.tablesOf(caller.account, caller.region)
    checkInput(ecsTables, name, input)
    const readView = consistencyDelayMs > 0 ? readViewAt(ecsTables, clock.now() - consistencyDelayMs) : ecsTables
    return storage.atomically(() =>
      action(
        { ecsTables, readView, caller, clock, ids, scheduler: serviceScheduler, delayedWork, sessions },
        input as never,
      ),
    )
  }

  return {
    handleAction,
    allEcsTables,
    taggedResources: (account, region) =>
      taggedResources(allEcsTables.tablesOf(account, region), clock.now() - consistencyDelayMs),
    network: (account, region) => networkOf(allEcsTables.tablesOf(account, region)),
    findSocketHandler: sessions.findSocketHandler,
    terminateSession: sessions.terminate,
    closeSessions: sessions.close,
    addRuntimeMessage: (text, taskArn) => notifyServices(allEcsTables.listTables(), { clock, ids }, text, taskArn),
    async resume() {
      for (const ecsTables of allEcsTables.listTables()) {
        for (const { clusterName } of ecsTables.clusters.values()) finishNamespaceAttachment(ecsTables, clusterName)
        for (const { name } of ecsTables.capacityProviders.values()) finishProviderDeletion(ecsTables, name)
      }
      await serviceScheduler.resume(allEcsTables.listTables())
      if (metricSink)
        endMeasurements = measureUtilization({
          clock,
          runtime,
          sink: metricSink,
          allEcsTables: allEcsTables.listTables,
          onUnexpectedError,
        })
    },
    stopTasks: (withinMs) => serviceScheduler.stopTasks(allEcsTables.listTables(), withinMs),
    close: async () => {
      delayedWork.close()
      await endMeasurements()
      await sessions.close()
      await serviceScheduler.close()
    },
  }
}

function readInput(operation: Operation, body: unknown): Record<string, unknown> {
  try {
    return readRequest(operation, body)
  } catch (error) {
    if (error instanceof SerializationFault) throw new AwsError('SerializationException', error.message)
    throw error
  }
}

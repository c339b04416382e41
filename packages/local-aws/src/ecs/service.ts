/** ECS's public side: actions by name. */
import { type Operation, operation, readRequest, SerializationFault } from '@ecs-api/ecs-model'
import type { Clock } from '../clock.ts'
import type { Ids } from '../ids.ts'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonService } from '../protocol/aws-json.ts'
import type { Caller } from '../protocol/exchange.ts'
import type { TaggedResource } from '../protocol/tagged-resource.ts'
import type { TakeSocket } from '../protocol/upgrades.ts'
import type { Runtime } from '../runtimes/runtime.ts'
import type { Storage } from '../storage/storage.ts'
import { accountSettingActions } from './actions/account-settings.ts'
import type { Actions } from './actions/action.ts'
import { attributeActions } from './actions/attributes.ts'
import { capacityProviderActions, finishDeletion } from './actions/capacity-providers.ts'
import { checkInput } from './actions/check-input.ts'
import { finishAttaching } from './actions/cluster-attachments.ts'
import { clusterActions } from './actions/clusters.ts'
import { executeCommandActions } from './actions/execute-command.ts'
import { serviceDeploymentActions } from './actions/service-deployments.ts'
import { serviceActions } from './actions/services.ts'
import { taggedResources } from './actions/tagged-resources.ts'
import { tagActions } from './actions/tags.ts'
import { taskDefinitionActions } from './actions/task-definitions.ts'
import { taskActions } from './actions/tasks.ts'
import { background } from './background.ts'
import { type EventSink, emitServiceEvents, emitTaskEvent } from './emitted-events.ts'
import { type ExecSessions, execSessions } from './exec/exec-sessions.ts'
import { realAddresses, simulatedAddresses } from './records/address-space.ts'
import { type EcsStates, openEcsStates, visibleAt } from './records/state.ts'
import { notifyServices } from './scheduler/runtime-notices.ts'
import { scheduler } from './scheduler/scheduler.ts'
import type { Timing } from './scheduler/timing.ts'
import { type Network, networkOf } from './tasks/network.ts'

export type { Network, SubnetInfo, TaskInterface } from './tasks/network.ts'

/** The first half of X-Amz-Target. */
export const ecsTarget = 'AmazonEC2ContainerServiceV20141113'

export interface EcsDeps {
  storage: Storage
  clock: Clock
  ids: Ids
  consistencyDelayMs: number
  runtime: Runtime
  /** How patient services are with their tasks: it goes with the pace of the runtime. */
  timing: Timing
  /** Who is told of what happens to tasks and services; nobody unless given. */
  eventSink?: EventSink
  /** `ws://127.0.0.1:4566`: where sessions of ECS Exec are connected to; undefined while nothing listens. */
  streamBase?: () => string | undefined
  /** Told of faults of the engine's own. */
  onFault: (error: unknown) => void
}

export interface Ecs {
  answer: JsonService
  /** What ECS holds, for what stands beside it. */
  ecsStates: EcsStates
  /** The VPC of the account in the Region, as EC2 shows it. */
  network(account: string, region: string): Network
  /** What can carry tags, late by the consistency delay. */
  tagged(account: string, region: string): TaggedResource[]
  /** For the WebSockets of ECS Exec. */
  takeSocket: TakeSocket
  /** Ends a session of ECS Exec, as Systems Manager's TerminateSession does. */
  terminateSession: ExecSessions['terminate']
  /** Ends all sessions of ECS Exec, and begins no others. */
  closeSessions(): Promise<void>
  /** Once, after the start: what was going on goes on. */
  resume(): Promise<void>
  /** Stops all tasks; resolves when they have stopped, or after that time. Services start no others. */
  stopTasks(withinMs: number): Promise<void>
  /** The runtime has something to say: of a task, or of itself. */
  notice(text: string, taskArn?: string): void
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

const nobody: EventSink = { listens: () => false, emit: () => {} }

export function openEcs({
  storage,
  clock,
  ids,
  consistencyDelayMs,
  runtime,
  timing,
  eventSink = nobody,
  streamBase = () => undefined,
  onFault,
}: EcsDeps): Ecs {
  const ecsStates = openEcsStates(
    storage,
    runtime.addresses === undefined ? simulatedAddresses : realAddresses(runtime.addresses),
    {
      task: (scope, before, task) => emitTaskEvent(eventSink, clock, scope, before, task),
      service: (scope, before, service) => emitServiceEvents(eventSink, clock, scope, before, service),
    },
  )
  const sessions = execSessions({ runtime, clock, ids, streamBase, onFault })
  const inBackground = background(clock, timing.backgroundMs)
  const tasksAndServices = scheduler({ clock, ids, runtime, storage, timing, onFault })

  async function answer(name: string, body: unknown, caller: Caller): Promise<object> {
    const known = operation(name)
    if (!known) throw new AwsError('UnknownOperationException')
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined
    if (!action)
      throw new AwsError('UnsupportedFeatureException', `This engine does not have the action ${name} of Amazon ECS.`)
    const input = readInput(known, body)
    const ecsState = ecsStates.of(caller.account, caller.region)
    checkInput(ecsState, name, input)
    const visible = consistencyDelayMs > 0 ? visibleAt(ecsState, clock.now() - consistencyDelayMs) : ecsState
    return storage.atomically(() =>
      action(
        { ecsState, visible, caller, clock, ids, scheduler: tasksAndServices, background: inBackground, sessions },
        input as never,
      ),
    )
  }

  return {
    answer,
    ecsStates,
    tagged: (account, region) => taggedResources(ecsStates.of(account, region), clock.now() - consistencyDelayMs),
    network: (account, region) => networkOf(ecsStates.of(account, region)),
    takeSocket: sessions.takeSocket,
    terminateSession: sessions.terminate,
    closeSessions: sessions.close,
    notice: (text, taskArn) => notifyServices(ecsStates.stored(), { clock, ids }, text, taskArn),
    async resume() {
      for (const ecsState of ecsStates.stored()) {
        for (const { clusterName } of ecsState.clusters.values()) finishAttaching(ecsState, clusterName)
        for (const { name } of ecsState.capacityProviders.values()) finishDeletion(ecsState, name)
      }
      await tasksAndServices.resume(ecsStates.stored())
    },
    stopTasks: (withinMs) => tasksAndServices.stopTasks(ecsStates.stored(), withinMs),
    close: async () => {
      inBackground.close()
      await sessions.close()
      await tasksAndServices.close()
    },
  }
}

function readInput(known: Operation, body: unknown): Record<string, unknown> {
  try {
    return readRequest(known, body)
  } catch (error) {
    if (error instanceof SerializationFault) throw new AwsError('SerializationException', error.message)
    throw error
  }
}

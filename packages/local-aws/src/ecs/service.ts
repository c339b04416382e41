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
import { type Outlet, tellOfService, tellOfTask } from './emitted-events.ts'
import { type ExecSessions, execSessions } from './exec/exec-sessions.ts'
import { imaginedAddresses, realAddresses } from './records/address-space.ts'
import { openWorlds, seenAt, type Worlds } from './records/state.ts'
import { tellServices } from './scheduler/runtime-notices.ts'
import { scheduler } from './scheduler/scheduler.ts'
import type { Patience } from './scheduler/timing.ts'
import { type Network, networkOf } from './tasks/network.ts'

export type { Network, SubnetInfo, TaskInterface } from './tasks/network.ts'

/** The first half of X-Amz-Target. */
export const ecsTarget = 'AmazonEC2ContainerServiceV20141113'

export interface EcsParts {
  storage: Storage
  clock: Clock
  ids: Ids
  consistencyDelayMs: number
  runtime: Runtime
  /** How patient services are with their tasks: it goes with the pace of the runtime. */
  patience: Patience
  /** Who is told of what happens to tasks and services; nobody unless given. */
  outlet?: Outlet
  /** `ws://127.0.0.1:4566`: where sessions of ECS Exec are connected to; undefined while nothing listens. */
  streamBase?: () => string | undefined
  /** Told of faults of the engine's own. */
  onFault: (error: unknown) => void
}

export interface Ecs {
  answer: JsonService
  /** What ECS holds, for what stands beside it. */
  worlds: Worlds
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

const nobody: Outlet = { listens: () => false, emit: () => {} }

export function openEcs({
  storage,
  clock,
  ids,
  consistencyDelayMs,
  runtime,
  patience,
  outlet = nobody,
  streamBase = () => undefined,
  onFault,
}: EcsParts): Ecs {
  const worlds = openWorlds(
    storage,
    runtime.addresses === undefined ? imaginedAddresses : realAddresses(runtime.addresses),
    {
      task: (scope, before, task) => tellOfTask(outlet, clock, scope, before, task),
      service: (scope, before, service) => tellOfService(outlet, clock, scope, before, service),
    },
  )
  const sessions = execSessions({ runtime, clock, ids, streamBase, onFault })
  const inBackground = background(clock, patience.backgroundMs)
  const tasksAndServices = scheduler({ clock, ids, runtime, storage, patience, onFault })

  async function answer(name: string, body: unknown, caller: Caller): Promise<object> {
    const known = operation(name)
    if (!known) throw new AwsError('UnknownOperationException')
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined
    if (!action)
      throw new AwsError('UnsupportedFeatureException', `This engine does not have the action ${name} of Amazon ECS.`)
    const input = readInput(known, body)
    const world = worlds.of(caller.account, caller.region)
    checkInput(world, name, input)
    const seen = consistencyDelayMs > 0 ? seenAt(world, clock.now() - consistencyDelayMs) : world
    return storage.atomically(() =>
      action(
        { world, seen, caller, clock, ids, scheduler: tasksAndServices, background: inBackground, sessions },
        input as never,
      ),
    )
  }

  return {
    answer,
    worlds,
    tagged: (account, region) => taggedResources(worlds.of(account, region), clock.now() - consistencyDelayMs),
    network: (account, region) => networkOf(worlds.of(account, region)),
    takeSocket: sessions.takeSocket,
    terminateSession: sessions.terminate,
    closeSessions: sessions.close,
    notice: (text, taskArn) => tellServices(worlds.stored(), { clock, ids }, text, taskArn),
    async resume() {
      for (const world of worlds.stored()) {
        for (const { clusterName } of world.clusters.values()) finishAttaching(world, clusterName)
        for (const { name } of world.capacityProviders.values()) finishDeletion(world, name)
      }
      await tasksAndServices.resume(worlds.stored())
    },
    stopTasks: (withinMs) => tasksAndServices.stopTasks(worlds.stored(), withinMs),
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

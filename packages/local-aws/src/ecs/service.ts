/** ECS's public side: actions by name. */
import { operation } from '@ecs-api/ecs-model'
import type { Clock } from '../clock.ts'
import type { Ids } from '../ids.ts'
import { AwsError } from '../protocol/aws-error.ts'
import type { JsonService } from '../protocol/aws-json.ts'
import type { Storage } from '../storage/storage.ts'
import type { Actions } from './action.ts'
import { clusterActions } from './clusters.ts'
import { openWorlds, seenAt } from './world.ts'

/** The first half of X-Amz-Target. */
export const ecsTarget = 'AmazonEC2ContainerServiceV20141113'

export interface EcsParts {
  storage: Storage
  clock: Clock
  ids: Ids
  consistencyDelayMs: number
}

const actions: Actions = { ...clusterActions }

export function ecsService({ storage, clock, ids, consistencyDelayMs }: EcsParts): JsonService {
  const worlds = openWorlds(storage)

  return async (name, body, caller) => {
    if (!operation(name)) throw new AwsError('UnknownOperationException')
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined
    if (!action) throw new AwsError('UnsupportedFeatureException', `This engine does not have the action ${name} of Amazon ECS.`)
    const world = worlds.of(caller.account, caller.region)
    const seen = consistencyDelayMs > 0 ? seenAt(world, clock.now() - consistencyDelayMs) : world
    return action({ world, seen, caller, clock, ids }, body as never)
  }
}

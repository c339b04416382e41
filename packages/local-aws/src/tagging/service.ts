/**
 * The Resource Groups Tagging API: finds tagged resources of all services, and changes their tags. It stores no data of
 * its own, but calls the public side of each service.
 */
import type { JsonService } from '../protocol/aws-json.ts'
import { type JsonActions, jsonActions } from '../protocol/json-actions.ts'
import { getResourcesActions } from './get-resources.ts'
import { inputs } from './inputs.generated.ts'
import { tagKeyActions } from './tag-keys.ts'
import { tagResourcesActions } from './tag-resources.ts'
import { type TaggableServices, type Tagging, taggableServices } from './taggables.ts'

/** The prefix of this API's actions in the header X-Amz-Target. */
export const taggingTarget = 'ResourceGroupsTaggingAPI_20170126'

const actions: JsonActions<Tagging> = { ...getResourcesActions, ...tagKeyActions, ...tagResourcesActions }

/** The names of this API's actions. */
export const taggingActions: readonly string[] = Object.keys(actions)

export function taggingService(owners: TaggableServices): JsonService {
  const services = taggableServices(owners)
  return jsonActions({
    service: 'the Resource Groups Tagging API',
    inputs,
    // The code is AWS's recorded response for a filter with too many values.
    invalidCode: 'ValidationException',
    actions,
    contextOf: (caller) => ({ caller, services }),
    // Each service has its own transactions.
    atomically: (work) => work(),
  })
}

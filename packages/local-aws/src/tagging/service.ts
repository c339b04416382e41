/**
 * The Resource Groups Tagging API: finds what carries tags, whatever service holds it, and tags it. It keeps nothing: it asks the services,
 * each through its own public side.
 */
import type { JsonService } from '../protocol/aws-json.ts'
import { type JsonActions, jsonActions } from '../protocol/json-actions.ts'
import { findActions } from './get-resources.ts'
import { inputs } from './inputs.generated.ts'
import { keyActions } from './tag-keys.ts'
import { tagResourcesActions } from './tag-resources.ts'
import { type TaggableServices, type Tagging, taggables } from './taggables.ts'

/** The first half of X-Amz-Target. */
export const taggingTarget = 'ResourceGroupsTaggingAPI_20170126'

const actions: JsonActions<Tagging> = { ...findActions, ...keyActions, ...tagResourcesActions }

/** The names of its actions. */
export const taggingActions: readonly string[] = Object.keys(actions)

export function taggingService(holders: TaggableServices): JsonService {
  const services = taggables(holders)
  return jsonActions({
    service: 'the Resource Groups Tagging API',
    inputs,
    // Seen from AWS for a filter with too many values.
    invalid: 'ValidationException',
    actions,
    contextOf: (caller) => ({ caller, services }),
    // Each of the services sees to its own.
    atomically: (work) => work(),
  })
}

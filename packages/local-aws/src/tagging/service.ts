/**
 * The Resource Groups Tagging API: finds tagged resources of all services, and changes their tags. It stores nothing
 * itself, but calls the actions of each service.
 */
import type { JsonService } from '../protocol/aws-json.ts'
import { createJsonService } from '../protocol/json-actions.ts'
import { createTaggableServices, type EngineServices } from './taggables.ts'

/** The prefix of this API's actions in the header X-Amz-Target. */
export const taggingTarget = 'ResourceGroupsTaggingAPI_20170126'

export function createTaggingService(engineServices: EngineServices): JsonService {
  const services = createTaggableServices(engineServices)
  return createJsonService({
    service: 'the Resource Groups Tagging API',
    // The code is AWS's recorded response for a filter with too many values.
    invalidCode: 'ValidationException',
    load: () => import('./actions.ts'),
    contextOf: (caller) => ({ caller, services }),
    // Each service has its own transactions.
    atomically: (work) => work(),
  })
}

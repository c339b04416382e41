/** All actions of the Resource Groups Tagging API. */
import type { JsonActions } from '../protocol/json-actions.ts'
import { getResourcesActions } from './get-resources.ts'
import { tagKeyActions } from './tag-keys.ts'
import { tagResourcesActions } from './tag-resources.ts'
import type { TaggingContext } from './taggables.ts'

export { inputs } from './inputs.generated.ts'

export const actions: JsonActions<TaggingContext> = { ...getResourcesActions, ...tagKeyActions, ...tagResourcesActions }

/** All actions of Amazon EventBridge. */
import type { JsonActions } from '../protocol/json-actions.ts'
import { eventActions } from './put-events.ts'
import type { EventsContext } from './rule-record.ts'
import { ruleActions } from './rules.ts'
import { tagActions } from './tags.ts'
import { targetActions } from './targets.ts'

export { inputs } from './inputs.generated.ts'

export const actions: JsonActions<EventsContext> = { ...eventActions, ...ruleActions, ...tagActions, ...targetActions }

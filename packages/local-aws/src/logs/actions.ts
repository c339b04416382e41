/** All actions of Amazon CloudWatch Logs. */
import type { JsonActions } from '../protocol/json-actions.ts'
import { filterLogEventsActions } from './filter-events.ts'
import { getLogEventsActions } from './get-events.ts'
import { groupActions } from './groups.ts'
import type { LogsContext } from './log-context.ts'
import { putLogEventsActions } from './put-events.ts'
import { streamActions } from './streams.ts'
import { tagActions } from './tags.ts'

export { inputs } from './inputs.generated.ts'

export const actions: JsonActions<LogsContext> = {
  ...filterLogEventsActions,
  ...getLogEventsActions,
  ...groupActions,
  ...putLogEventsActions,
  ...streamActions,
  ...tagActions,
}

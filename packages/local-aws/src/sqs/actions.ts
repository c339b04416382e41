/** All actions of Amazon SQS. */
import type { JsonActions } from '../protocol/json-actions.ts'
import type { SqsContext } from './queue-record.ts'
import { queueActions } from './queues.ts'
import { receiveMessageActions } from './receive.ts'
import { sendMessageActions } from './send.ts'

export { inputs } from './inputs.generated.ts'

export const actions: JsonActions<SqsContext> = { ...queueActions, ...receiveMessageActions, ...sendMessageActions }

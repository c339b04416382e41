/** All actions of AWS KMS. */
import type { JsonActions } from '../protocol/json-actions.ts'
import { aliasActions } from './aliases.ts'
import { dataKeyActions } from './data-keys.ts'
import type { KmsContext } from './key-record.ts'
import { keyActions } from './keys.ts'

export { inputs } from './inputs.generated.ts'

export const actions: JsonActions<KmsContext> = { ...keyActions, ...aliasActions, ...dataKeyActions }

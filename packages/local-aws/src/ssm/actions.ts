/** The actions of AWS Systems Manager that the engine offers. */
import type { JsonActions } from '../protocol/json-actions.ts'
import { deleteParametersActions } from './delete-parameters.ts'
import { describeParametersActions } from './describe-parameters.ts'
import { getParametersActions } from './get-parameters.ts'
import { labelActions } from './labels.ts'
import type { SsmContext } from './parameter-record.ts'
import { putParameterActions } from './put-parameter.ts'
import { sessionActions } from './sessions.ts'
import { tagActions } from './tags.ts'

export { inputs } from './inputs.generated.ts'

export const actions: JsonActions<SsmContext> = {
  ...deleteParametersActions,
  ...describeParametersActions,
  ...getParametersActions,
  ...labelActions,
  ...putParameterActions,
  ...sessionActions,
  ...tagActions,
}

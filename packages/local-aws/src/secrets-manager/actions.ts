/** All actions of AWS Secrets Manager. */
import type { JsonActions } from '../protocol/json-actions.ts'
import { listSecretsActions } from './list-secrets.ts'
import { passwordActions } from './random-password.ts'
import { resourcePolicyActions } from './resource-policies.ts'
import type { SecretsContext } from './secret-record.ts'
import { secretActions } from './secrets.ts'
import { tagActions } from './tags.ts'
import { valueActions } from './values.ts'
import { versionActions } from './versions.ts'

export { inputs } from './inputs.generated.ts'

export const actions: JsonActions<SecretsContext> = {
  ...listSecretsActions,
  ...passwordActions,
  ...resourcePolicyActions,
  ...secretActions,
  ...tagActions,
  ...valueActions,
  ...versionActions,
}

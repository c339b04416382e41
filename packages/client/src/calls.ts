/** The table of all calls, by noun and method. Tests check it against the OpenAPI document. */
import type { Call } from './call.ts'
import { gatewayCalls, oneAccountCalls } from './client.ts'
import { accountListCalls } from './nouns/accounts.ts'
import { auditCalls } from './nouns/audit.ts'
import { clusterCalls } from './nouns/clusters.ts'
import { deploymentCalls } from './nouns/deployments.ts'
import { releaseCalls } from './nouns/releases.ts'
import { serviceCalls } from './nouns/services.ts'
import { taskDefinitionCalls } from './nouns/task-definitions.ts'
import { taskCalls } from './nouns/tasks.ts'
import { tokenCalls } from './nouns/tokens.ts'

export const calls: Readonly<Record<string, Readonly<Record<string, Call>>>> = {
  gateway: gatewayCalls,
  accounts: accountListCalls,
  tokens: tokenCalls,
  audit: auditCalls,
  account: oneAccountCalls,
  clusters: clusterCalls,
  taskDefinitions: taskDefinitionCalls,
  tasks: taskCalls,
  services: serviceCalls,
  deployments: deploymentCalls,
  releases: releaseCalls,
}

/** ListSecrets. */
import type { ListSecretsRequest, ListSecretsResponse } from '@aws-sdk/client-secrets-manager'
import type { AwsJson } from '@ecs-api/ecs-model'
import type { JsonActions } from '../protocol/json-actions.ts'
import { ascending, descending, pageOfList } from '../protocol/pages.ts'
import { filterOfSecrets } from './filters.ts'
import { deleteExpiredSecrets } from './find-secret.ts'
import { invalidToken } from './pages.ts'
import type { SecretRecord, SecretsContext } from './secret-record.ts'
import { secretInResponse } from './secrets.ts'
import { stagesByVersion } from './versions.ts'

export const listSecretsActions = { ListSecrets: listSecrets } satisfies JsonActions<SecretsContext>

function listSecrets(
  { store, clock }: SecretsContext,
  input: AwsJson<ListSecretsRequest>,
): AwsJson<ListSecretsResponse> {
  const { Filters, IncludePlannedDeletion = false, SortOrder, SortBy = 'created-date', MaxResults, NextToken } = input
  deleteExpiredSecrets(store, clock.now())
  const matches = filterOfSecrets(Filters, store.region)
  const found = [...store.secrets.values()].filter(
    (secret) => (IncludePlannedDeletion || secret.deletedAt === undefined) && matches(secret),
  )
  const { items, nextToken } = pageOfList(
    found,
    { maxResults: MaxResults, nextToken: NextToken },
    {
      keyOf: (secret) => `${sortKey(secret, SortBy)} ${secret.name}`,
      compare: SortOrder === 'asc' ? ascending : descending,
      invalidToken,
    },
  )
  return {
    SecretList: items.map((secret) => ({
      ...secretInResponse(secret),
      SecretVersionsToStages: stagesByVersion(secret),
    })),
    NextToken: nextToken,
  }
}

function sortKey({ name, createdAt, changedAt, accessedAt = 0 }: SecretRecord, by: string): string {
  if (by === 'name') return name
  const time = by === 'last-changed-date' ? changedAt : by === 'last-accessed-date' ? accessedAt : createdAt
  return String(time).padStart(15, '0')
}

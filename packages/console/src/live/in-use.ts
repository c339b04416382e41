/** Roles and images that existing task definitions use, and images of the machine, as suggestions of forms. */
import type { components, TaskDefinition } from '@ecs-api/client'
import { useQueries, useQuery } from '@tanstack/react-query'
import { apiPath } from '../actions.ts'
import { client } from './client.ts'
import { queryClient, taskDefinitionQuery, useAccounts, useTaskDefinitions } from './queries.ts'

/** How many families' newest revisions are read. */
const maxFamiliesRead = 20

/**
 * The newest revisions of the first families. The API has no list of roles and images in use, so they are found in the
 * definitions.
 */
function useNewestDefinitions(account: string, isEnabled: boolean): TaskDefinition[] {
  // The newest revision of a family is listed first.
  const newestRevisions = (useTaskDefinitions(isEnabled ? account : '').data ?? []).filter(
    ({ family }, i, all) => i === 0 || all[i - 1]!.family !== family,
  )
  const names = newestRevisions.slice(0, maxFamiliesRead).map(({ name }) => name)
  const definitions = useQueries({ queries: names.map((name) => taskDefinitionQuery(account, name)) })
  return definitions.flatMap(({ data }) => data ?? [])
}

const sortedWithoutDuplicates = (values: readonly (string | undefined)[]) =>
  [...new Set(values.filter((each) => each !== undefined && each !== ''))].sort() as string[]

/** The roles that existing task definitions use. */
export const useRolesInUse = (account: string, isEnabled: boolean): string[] =>
  sortedWithoutDuplicates(
    useNewestDefinitions(account, isEnabled).flatMap(({ executionRoleArn, taskRoleArn }) => [
      executionRoleArn,
      taskRoleArn,
    ]),
  )

/** The images of existing task definitions: of those read here, and of those that other pages have read. */
export function useImagesInUse(account: string, isEnabled: boolean): string[] {
  const newest = useNewestDefinitions(account, isEnabled)
  const others = isEnabled ? queryClient.getQueriesData<TaskDefinition>({ queryKey: [account, 'taskdef'] }) : []
  const all = [...newest, ...others.flatMap(([, definition]) => definition ?? [])]
  return sortedWithoutDuplicates(
    all.flatMap(({ containerDefinitions }) => containerDefinitions.map(({ image }) => image)),
  )
}

/** The images on the gateway's machine: an account on Docker or Podman runs them without a registry. */
export function useLocalImages(account: string, isEnabled: boolean): string[] {
  const runtime = useAccounts().data?.find(({ name }) => name === account)?.runtime
  const { data } = useQuery({
    queryKey: [account, 'images'],
    queryFn: () =>
      client.request<components['schemas']['ImageList']>('GET', apiPath(account, 'images'), { query: { limit: 1000 } }),
    enabled: isEnabled && (runtime === 'docker' || runtime === 'podman'),
    staleTime: 10_000,
  })
  return data?.items.map(({ name }) => name) ?? []
}

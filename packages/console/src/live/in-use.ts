/** Roles and images that existing task definitions use, as suggestions of forms. */
import type { TaskDefinition } from '@ecs-api/client'
import { useQueries } from '@tanstack/react-query'
import { queryClient, taskDefinitionQuery, useTaskDefinitions } from './queries.ts'

/** How many families' newest revisions are read. */
const maxFamiliesRead = 20

/** The newest revisions of the first families: the API has no list of the roles and images that they use. */
function useNewestDefinitions(account: string, isEnabled: boolean): TaskDefinition[] {
  // The newest revision of a family is listed first.
  const newestRevisions = (useTaskDefinitions(isEnabled ? account : '').data ?? []).filter(
    ({ family }, i, all) => i === 0 || all[i - 1]!.family !== family,
  )
  const names = newestRevisions.slice(0, maxFamiliesRead).map(({ name }) => name)
  const definitions = useQueries({ queries: names.map((name) => taskDefinitionQuery(account, name)) })
  return definitions.flatMap(({ data }) => data ?? [])
}

const sortedOnce = (values: readonly (string | undefined)[]) =>
  [...new Set(values.filter((each) => each !== undefined && each !== ''))].sort() as string[]

/** The roles that existing task definitions use. */
export const useRolesInUse = (account: string, isEnabled: boolean): string[] =>
  sortedOnce(
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
  return sortedOnce(all.flatMap(({ containerDefinitions }) => containerDefinitions.map(({ image }) => image)))
}

/** The lists of tasks: those of a service, and those of an account. */
import type { Task } from '@ecs-api/client'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { accountClient } from './client.ts'
import { type PagedList, usePagedList } from './paged-list.ts'
import { allItems, pollIntervalMs } from './queries.ts'

/** The tasks of a service that ECS or the history still knows: first all that have not stopped, then the newest. */
export function useServiceTasks(account: string, cluster: string, name: string): PagedList<Task> {
  const queryKey = [account, 'service', cluster, name, 'tasks']
  const newest = usePagedList({
    queryKey,
    readPage: (page) =>
      accountClient(account)
        .services.tasks({ cluster, name }, { ...page, status: 'ALL' })
        .page(),
    pageLength: 200,
    refetchInterval: () => pollIntervalMs(account),
  })
  // In a crash loop the newest tasks have stopped, and older ones run.
  const hasOlder = newest.readOlder !== undefined
  const notStopped = useQuery({
    queryKey: [...queryKey, 'not stopped'],
    queryFn: () => allItems(accountClient(account).services.tasks({ cluster, name }, { limit: 1000 })),
    refetchInterval: () => pollIntervalMs(account),
    enabled: hasOlder,
  }).data
  const data = useMemo(
    () => newest.data && notStoppedFirst(newest.data, hasOlder ? (notStopped ?? []) : []),
    [newest.data, notStopped, hasOlder],
  )
  return { ...newest, data }
}

/**
 * Joins the two lists: first the tasks that have not stopped. Of a task that is in both, `newest` has the newer state.
 */
export function notStoppedFirst(newest: readonly Task[], notStopped: readonly Task[]): Task[] {
  const newestArns = new Set(newest.map(({ arn }) => arn))
  const all = [...newest, ...notStopped.filter(({ arn }) => !newestArns.has(arn))]
  const { first = [], second = [] } = Object.groupBy(all, ({ lastStatus }) =>
    lastStatus === 'STOPPED' ? 'second' : 'first',
  )
  return [...first, ...second]
}

const maxCountedTasks = 1000

/**
 * The number of tasks of a cluster that are stopping, which ECS's counts leave out.
 * @param countedTasks how many tasks ECS counts; undefined sends no request, and neither does a thousand or more
 */
export function useStoppingCount(
  account: string,
  cluster: string,
  countedTasks: number | undefined,
): number | undefined {
  const { data } = useQuery({
    enabled: countedTasks !== undefined && countedTasks < maxCountedTasks,
    queryKey: [account, 'tasks', 'in', cluster],
    queryFn: () => allItems(accountClient(account).tasks.list({ cluster, limit: 1000 })),
    refetchInterval: () => pollIntervalMs(account),
  })
  return data?.filter(({ desiredStatus }) => desiredStatus === 'STOPPED').length
}

/** @param status without it, all tasks that have not stopped */
export const useTasks = (account: string, status?: 'ALL') =>
  useQuery({
    enabled: account !== '',
    queryKey: [account, 'tasks', status],
    queryFn: () => allItems(accountClient(account).tasks.list({ limit: 1000, ...(status && { status }) })),
    refetchInterval: () => pollIntervalMs(account),
  })

/**
 * The tasks of an account, or of one of its clusters: all that have not stopped, and the newest of those that have.
 * @param readsStopped whether the stopped ones are read, too
 */
export function useTasksIn(account: string, cluster: string | undefined, readsStopped: boolean) {
  const { tasks } = accountClient(account)
  const filter = cluster === undefined ? {} : { cluster }
  const queryKey = [account, 'tasks', 'in', cluster]
  const notStopped = useQuery({
    queryKey,
    queryFn: () => allItems(tasks.list({ ...filter, limit: 1000 })),
    refetchInterval: () => pollIntervalMs(account),
  })
  const stopped = usePagedList({
    queryKey: [...queryKey, 'STOPPED'],
    readPage: (page) => tasks.page({ ...filter, ...page, status: 'STOPPED' }),
    pageLength: 1000,
    refetchInterval: () => pollIntervalMs(account),
    isEnabled: readsStopped,
  })
  return { notStopped, stopped }
}

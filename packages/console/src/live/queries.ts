/** The data of the pages. A key begins with account and kind, so that a change event can find the queries it concerns. */
import type { AccountDiagnosis, Diagnosis, Task } from '@ecs-api/client'
import { type Query, QueryClient, useMutation, useQueries, useQuery } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { accountClient, client } from './client.ts'
import { isStreaming } from './heard.ts'
import { serviceOf } from './service-of.ts'
import { session } from './session.ts'

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: false, staleTime: 1000, refetchOnWindowFocus: true },
  },
})

// After a sign-in the pages ask for what they could not see. Another caller's pages begin with nothing.
let before = session.get()
session.subscribe(() => {
  const now = session.get()
  if (now.seenBy !== before.seenBy) queryClient.clear()
  else if (before.kind === 'signed-out' && now.kind === 'signed-in') void queryClient.invalidateQueries()
  before = now
})

const finished = /^(SUCCESSFUL|STOPPED|ROLLBACK_SUCCESSFUL|ROLLBACK_FAILED)$/

/** The stream of an account tells about its changes; a slow poll finds what it misses. */
const pollMs = (account: string) => () => (isStreaming(account) ? 60_000 : 15_000)
/** Where the stream does not tell all. */
const unstreamedPollMs = 30_000

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  return Array.fromAsync(items)
}

interface Page {
  items: readonly unknown[]
}

async function itemsOf<P extends Page>(page: Promise<P>): Promise<P['items'][number][]> {
  return [...(await page).items]
}

export function useMe() {
  const state = useSyncExternalStore(session.subscribe, session.get)
  return state.kind === 'signed-in' ? state.me : undefined
}

export const useAccounts = () =>
  useQuery({
    enabled: useMe() !== undefined,
    queryKey: ['accounts'],
    queryFn: () => itemsOf(client.accounts.page()),
    refetchInterval: 60_000,
  })

export const useVersion = () =>
  useQuery({ queryKey: ['version'], queryFn: () => client.version(), staleTime: 3_600_000 })

export const servicesQuery = (account: string) => ({
  queryKey: [account, 'services'],
  queryFn: () => all(accountClient(account).services.list({ limit: 1000 })),
  refetchInterval: pollMs(account),
})
export const useServices = (account: string) => useQuery(servicesQuery(account))

export const diagnosisQuery = (account: string) => ({
  queryKey: [account, 'services', 'diagnosis'],
  queryFn: () => accountClient(account).diagnosis(),
  // What a failing service waits for changes without it.
  refetchInterval: ({ state: { data } }: Query<AccountDiagnosis>) =>
    data?.services.length === 0 ? pollMs(account)() : 15_000,
})
export const useService = (account: string, cluster: string, name: string) =>
  useQuery({
    queryKey: [account, 'service', cluster, name],
    queryFn: () => accountClient(account).services.get({ cluster, name }),
    refetchInterval: pollMs(account),
  })

/** The diagnosis of an account describes no tasks; that of a service does. */
export const serviceDiagnosisQuery = (account: string, cluster: string, name: string, everyMs = 15_000) => ({
  queryKey: [account, 'service', cluster, name, 'diagnosis'],
  queryFn: () => accountClient(account).services.diagnosis({ cluster, name }),
  refetchInterval: ({ state: { data } }: Query<Diagnosis>) =>
    data?.status === 'healthy' ? pollMs(account)() : everyMs,
})
export const useServiceDiagnosis = (account: string, cluster: string, name: string) =>
  useQuery(serviceDiagnosisQuery(account, cluster, name))

/** All tasks of a service that ECS or the history still knows, newest first. */
export const useServiceTasks = (account: string, cluster: string, name: string) =>
  useQuery({
    queryKey: [account, 'service', cluster, name, 'tasks'],
    queryFn: () =>
      itemsOf(accountClient(account).services.tasks({ cluster, name }, { limit: 200, status: 'ALL' }).page()),
    refetchInterval: pollMs(account),
  })

export const useDeployments = (account: string, cluster: string, service: string) =>
  useQuery({
    queryKey: [account, 'service', cluster, service, 'deployments'],
    queryFn: () => itemsOf(accountClient(account).deployments.page({ cluster, name: service }, { limit: 50 })),
    refetchInterval: pollMs(account),
  })

export const useDeployment = (account: string, cluster: string, service: string, id: string) =>
  useQuery({
    queryKey: [account, 'service', cluster, service, 'deployments', id],
    queryFn: () => accountClient(account).deployments.get({ cluster, service, id }),
    refetchInterval: ({ state: { data } }) => (data && finished.test(data.status) ? pollMs(account)() : 5000),
  })

export const useReleases = (account: string, cluster: string, service: string) =>
  useQuery({
    queryKey: [account, 'service', cluster, service, 'releases'],
    queryFn: () => itemsOf(accountClient(account).releases.page({ cluster, name: service }, { limit: 50 })),
    refetchInterval: 60_000,
  })

export const useReleaseDiff = (account: string, cluster: string, service: string, from: number, to: number) =>
  useQuery({
    queryKey: [account, 'release-diff', cluster, service, from, to],
    queryFn: () => accountClient(account).releases.diff({ cluster, name: service }, from, { to }),
    staleTime: 3_600_000,
  })

export const useServiceEvents = (account: string, cluster: string, service: string) =>
  useQuery({
    queryKey: [account, 'service', cluster, service, 'events'],
    queryFn: () => itemsOf(accountClient(account).services.events({ cluster, name: service }, { limit: 200 }).page()),
    refetchInterval: unstreamedPollMs,
  })

export const useMetrics = (account: string, cluster: string, service: string) =>
  useQuery({
    queryKey: [account, 'metrics', cluster, service],
    queryFn: () => accountClient(account).services.metrics({ cluster, name: service }),
    refetchInterval: 60_000,
  })

/** @param status without it, all tasks that have not stopped */
export const useTasks = (account: string, status?: 'STOPPED' | 'ALL') =>
  useQuery({
    enabled: account !== '',
    queryKey: [account, 'tasks', status],
    queryFn: () => all(accountClient(account).tasks.list({ limit: 1000, ...(status && { status }) })),
    refetchInterval: pollMs(account),
  })

export const useTask = (account: string, cluster: string, id: string) =>
  useQuery({
    queryKey: [account, 'task', cluster, id],
    queryFn: () => accountClient(account).tasks.get({ cluster, id }),
    refetchInterval: pollMs(account),
  })

/** The service of a task, which the name of its group has. */
export function useServiceOf(account: string, task: Task | undefined) {
  const cluster = task?.cluster ?? ''
  const name = (task && serviceOf(task)) ?? ''
  return useQuery({
    queryKey: [account, 'service', cluster, name],
    queryFn: () => accountClient(account).services.get({ cluster, name }),
    refetchInterval: pollMs(account),
    enabled: name !== '',
  })
}

export const useTaskDiagnosis = (account: string, cluster: string, id: string) =>
  useQuery({
    queryKey: [account, 'task', cluster, id, 'diagnosis'],
    queryFn: () => accountClient(account).tasks.diagnosis({ cluster, id }),
    refetchInterval: pollMs(account),
  })

export const useTaskDefinitions = (account: string) =>
  useQuery({
    queryKey: [account, 'taskdefs'],
    queryFn: () => all(accountClient(account).taskDefinitions.list({ limit: 1000 })),
    refetchInterval: unstreamedPollMs,
  })

/** The families, and their revisions by name. */
export function definitionNamesIn(definitions: readonly { family: string; name: string }[] = []): string[] {
  return [...new Set([...definitions.map(({ family }) => family), ...definitions.map(({ name }) => name)])]
}

const taskDefinitionQuery = (account: string, name: string) => ({
  queryKey: [account, 'taskdef', name],
  queryFn: () => accountClient(account).taskDefinitions.get(name),
  // A revision never changes, but for its status, which a change of ours asks for again.
  ...(name.includes(':') && { staleTime: 600_000 }),
})

export const useTaskDefinition = (account: string, name: string, isWanted = true) =>
  useQuery({ ...taskDefinitionQuery(account, name), enabled: isWanted && name !== '' })

/** Families whose newest revision is looked at. */
const maxLookedAt = 20

/** The roles of task definitions that exist: the API lists no roles. */
export function useRolesInUse(account: string, isWanted: boolean): string[] {
  // The newest revision of a family is listed first.
  const newest = (useTaskDefinitions(account).data ?? []).filter(
    ({ family }, i, all) => i === 0 || all[i - 1]!.family !== family,
  )
  const wanted = isWanted ? newest.slice(0, maxLookedAt).map(({ name }) => name) : []
  const definitions = useQueries({ queries: wanted.map((name) => taskDefinitionQuery(account, name)) })
  const roles = definitions.flatMap(({ data }) => [data?.executionRoleArn, data?.taskRoleArn])
  return [...new Set(roles.filter((role) => role !== undefined))].sort()
}

export const useClusters = (account: string) =>
  useQuery({
    enabled: account !== '',
    queryKey: [account, 'clusters'],
    queryFn: () => all(accountClient(account).clusters.list({ limit: 1000 })),
    refetchInterval: pollMs(account),
  })

export const useCluster = (account: string, name: string) =>
  useQuery({
    queryKey: [account, 'cluster', name],
    queryFn: () => accountClient(account).clusters.get(name),
    refetchInterval: pollMs(account),
  })

export const useClusterEvents = (account: string, name: string) =>
  useQuery({
    queryKey: [account, 'cluster', name, 'events'],
    queryFn: () => itemsOf(accountClient(account).clusters.events(name, { limit: 100 }).page()),
    refetchInterval: unstreamedPollMs,
  })

export const useAudit = (enabled = true, limit = 200) =>
  useQuery({
    queryKey: ['audit', limit],
    queryFn: () => itemsOf(client.audit.page({ limit })),
    refetchInterval: unstreamedPollMs,
    enabled,
  })

export const useTokens = () =>
  useQuery({ queryKey: ['tokens'], queryFn: () => all(client.tokens.list({ limit: 1000 })), refetchInterval: 60_000 })

/** A change: afterwards every query of the account asks again, once the page has left what was deleted. */
export function useChange<Input, Output>(account: string | undefined, change: (input: Input) => Promise<Output>) {
  const askAgain = () =>
    queryClient.invalidateQueries(
      account === undefined ? undefined : { predicate: ({ queryKey }) => queryKey[0] === account },
    )
  return useMutation({ mutationFn: change, onSettled: () => void setTimeout(askAgain) })
}

/** The codes that have a page: `['problems', 'ClusterNotFound']`, `['causes', 'ImageNotFound']`. */
export const useCodes = (enabled: boolean) =>
  useQuery({
    queryKey: ['codes'],
    queryFn: async () => {
      const pages = await Promise.all(
        ['/docs/problems', '/docs/causes'].map(async (path) => (await fetch(path)).text()),
      )
      const links = pages.flatMap((text) => [...text.matchAll(/href="\/docs\/(problems|causes)\/(\w+)"/g)])
      return [...new Map(links.map(([, kind = '', code = '']) => [`${kind} ${code}`, [kind, code] as const])).values()]
    },
    staleTime: Number.POSITIVE_INFINITY,
    enabled,
  })

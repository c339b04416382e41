/**
 * The data of the pages. A key begins with account and kind, so that a change event can find the queries it concerns.
 */
import { type AccountDiagnosis, type Diagnosis, ProblemError, type Service, type Task } from '@ecs-api/client'
import { keepPreviousData, type Query, QueryClient, useMutation, useQuery } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { accountClient, client } from './client.ts'
import { isChangesStreamOpen } from './last-received.ts'
import { usePagedList } from './paged-list.ts'
import { serviceNameOf } from './service-name.ts'
import type { ServiceOrTask } from './service-or-task.ts'
import { session } from './session.ts'

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: false, staleTime: 1000, refetchOnWindowFocus: true },
  },
})

// After a sign-in, the queries that failed without a session run again. For another caller the cache is emptied.
let previousState = session.get()
session.subscribe(() => {
  const state = session.get()
  if (state.dataVisibleTo !== previousState.dataVisibleTo) queryClient.clear()
  else if (previousState.kind === 'signed-out' && state.kind === 'signed-in') void queryClient.invalidateQueries()
  previousState = state
})

const finishedStatus = /^(SUCCESSFUL|STOPPED|ROLLBACK_SUCCESSFUL|ROLLBACK_FAILED)$/

/** Changes arrive on the change stream of the account. The poll only finds the changes that the stream missed. */
export const pollIntervalMs = (account: string): number => (isChangesStreamOpen(account) ? 60_000 : 15_000)
/** For data whose changes are not all on the change stream. */
const unstreamedPollMs = 30_000

export async function allItems<T>(items: AsyncIterable<T>): Promise<T[]> {
  return Array.fromAsync(items)
}

interface Page {
  items: readonly unknown[]
}

export async function itemsOf<P extends Page>(page: Promise<P>): Promise<P['items'][number][]> {
  return [...(await page).items]
}

/** The signed-in caller; undefined while nobody is signed in. */
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
  queryFn: () => allItems(accountClient(account).services.list({ limit: 1000, status: 'ALL' })),
  refetchInterval: () => pollIntervalMs(account),
})
export const useServices = (account: string) => useQuery(servicesQuery(account))

export const diagnosisQuery = (account: string) => ({
  queryKey: [account, 'services', 'diagnosis'],
  queryFn: () => accountClient(account).diagnosis(),
  // The cause of a failure can change without a change of the service, which alone is on the change stream.
  refetchInterval: ({ state: { data } }: Query<AccountDiagnosis>) =>
    data?.services.length === 0 ? pollIntervalMs(account) : 15_000,
})

const serviceKey = (account: string, cluster: string, name: string) => [account, 'service', cluster, name]

/** As ECS itself describes a deleted service for a while. */
const asDeleted = (service: Service): Service => ({
  ...service,
  status: 'INACTIVE',
  desiredCount: 0,
  runningCount: 0,
  pendingCount: 0,
})

/** A page that has shown the service gets it with the status INACTIVE, and no longer asks for its parts. */
export const markServiceDeleted = (account: string, cluster: string, name: string) =>
  queryClient.setQueryData<Service>(serviceKey(account, cluster, name), (shown) => shown && asDeleted(shown))

/**
 * The gateway answers 404 once the deletion of a service has finished. A page that has shown the service keeps it as
 * deleted, also when the gateway does not respond afterwards.
 */
const serviceQuery = (account: string, cluster: string, name: string) => {
  const queryKey = serviceKey(account, cluster, name)
  return {
    queryKey,
    queryFn: async (): Promise<Service> => {
      const shown = queryClient.getQueryData<Service>(queryKey)
      // The list shows whether another service has got the name. Browsers log each 404 as an error.
      if (shown?.status === 'INACTIVE') {
        const services = await queryClient.fetchQuery(servicesQuery(account))
        if (!services.some((each) => each.cluster === cluster && each.name === name && each.status === 'ACTIVE'))
          return shown
      }
      return accountClient(account)
        .services.get({ cluster, name })
        .catch((error): Service => {
          if (!shown || !(error instanceof ProblemError) || error.status !== 404) throw error
          return asDeleted(shown)
        })
    },
    refetchInterval: () => pollIntervalMs(account),
  }
}

export const useService = (account: string, cluster: string, name: string) =>
  useQuery(serviceQuery(account, cluster, name))

/** The diagnosis of a service, which also looks at its tasks. The diagnosis of an account does not. */
export const serviceDiagnosisQuery = (account: string, cluster: string, name: string, unhealthyPollMs = 15_000) => ({
  queryKey: [account, 'service', cluster, name, 'diagnosis'],
  queryFn: () => accountClient(account).services.diagnosis({ cluster, name }),
  refetchInterval: ({ state: { data } }: Query<Diagnosis>) =>
    data?.status === 'healthy' ? pollIntervalMs(account) : unhealthyPollMs,
})
/**
 * In a list the first failing services also get a diagnosis of their own, with their tasks, and the first deploying
 * ones their deployment. Each costs calls to AWS.
 */
export const maxServicesReadAlone = 5

export const useServiceDiagnosis = (account: string, cluster: string, name: string) =>
  useQuery(serviceDiagnosisQuery(account, cluster, name))

export const useDeployments = (account: string, cluster: string, service: string) =>
  usePagedList({
    queryKey: [account, 'service', cluster, service, 'deployments'],
    readPage: (page) => accountClient(account).deployments.page({ cluster, name: service }, page),
    pageLength: 50,
    refetchInterval: () => pollIntervalMs(account),
  })

export const useDeployment = (account: string, cluster: string, service: string, id: string) =>
  useQuery({
    queryKey: [account, 'service', cluster, service, 'deployments', id],
    queryFn: () => accountClient(account).deployments.get({ cluster, service, id }),
    refetchInterval: ({ state: { data } }) =>
      data && finishedStatus.test(data.status) ? pollIntervalMs(account) : 5000,
  })

export const useReleases = (account: string, cluster: string, service: string) =>
  usePagedList({
    queryKey: [account, 'service', cluster, service, 'releases'],
    readPage: (page) => accountClient(account).releases.page({ cluster, name: service }, page),
    pageLength: 50,
    refetchInterval: 60_000,
  })

export const useReleaseDiff = (account: string, cluster: string, service: string, from: number, to: number) =>
  useQuery({
    queryKey: [account, 'release-diff', cluster, service, from, to],
    queryFn: () => accountClient(account).releases.diff({ cluster, name: service }, from, { to }),
    staleTime: 3_600_000,
  })

export const useServiceEvents = (account: string, cluster: string, service: string) =>
  usePagedList({
    queryKey: [account, 'service', cluster, service, 'events'],
    readPage: (page) => accountClient(account).services.events({ cluster, name: service }, page).page(),
    pageLength: 200,
    refetchInterval: unstreamedPollMs,
  })

/** @param since the start, such as `3h` for three hours ago */
export const useMetrics = (account: string, { kind, cluster, name }: ServiceOrTask, since: string) =>
  useQuery({
    queryKey: [account, 'metrics', kind, cluster, name, since],
    queryFn: () =>
      kind === 'service'
        ? accountClient(account).services.metrics({ cluster, name }, { since })
        : accountClient(account).tasks.metrics({ cluster, id: name }, { since }),
    refetchInterval: 60_000,
    placeholderData: keepPreviousData,
  })

export const useTask = (account: string, cluster: string, id: string) =>
  useQuery({
    queryKey: [account, 'task', cluster, id],
    queryFn: () => accountClient(account).tasks.get({ cluster, id }),
    refetchInterval: () => pollIntervalMs(account),
  })

/** The service that started a task. */
export function useServiceOfTask(account: string, task: Task | undefined) {
  const cluster = task?.cluster ?? ''
  const name = (task && serviceNameOf(task)) ?? ''
  return useQuery({ ...serviceQuery(account, cluster, name), enabled: name !== '' })
}

export const useTaskDiagnosis = (account: string, cluster: string, id: string) =>
  useQuery({
    queryKey: [account, 'task', cluster, id, 'diagnosis'],
    queryFn: () => accountClient(account).tasks.diagnosis({ cluster, id }),
    refetchInterval: () => pollIntervalMs(account),
  })

/** @param account an empty name sends no request */
export const useTaskDefinitions = (account: string) =>
  useQuery({
    enabled: account !== '',
    queryKey: [account, 'taskdefs'],
    queryFn: () => allItems(accountClient(account).taskDefinitions.list({ limit: 1000 })),
    refetchInterval: unstreamedPollMs,
  })

/** The names of all families, and after them the names of all revisions. */
export function definitionNamesIn(definitions: readonly { family: string; name: string }[] = []): string[] {
  return [...new Set([...definitions.map(({ family }) => family), ...definitions.map(({ name }) => name)])]
}

export const taskDefinitionQuery = (account: string, name: string) => ({
  queryKey: [account, 'taskdef', name],
  queryFn: () => accountClient(account).taskDefinitions.get(name),
  // Only the status of a revision ever changes, and a change by this page invalidates the query.
  ...(name.includes(':') && { staleTime: 600_000 }),
})

export const useTaskDefinition = (account: string, name: string, isEnabled = true) =>
  useQuery({ ...taskDefinitionQuery(account, name), enabled: isEnabled && name !== '' })

export const useClusters = (account: string) =>
  useQuery({
    enabled: account !== '',
    queryKey: [account, 'clusters'],
    queryFn: () => allItems(accountClient(account).clusters.list({ limit: 1000 })),
    refetchInterval: () => pollIntervalMs(account),
  })

export const useCluster = (account: string, name: string) =>
  useQuery({
    queryKey: [account, 'cluster', name],
    queryFn: () => accountClient(account).clusters.get(name),
    refetchInterval: () => pollIntervalMs(account),
  })

export const useClusterEvents = (account: string, name: string) =>
  usePagedList({
    queryKey: [account, 'cluster', name, 'events'],
    readPage: (page) => accountClient(account).clusters.events(name, page).page(),
    pageLength: 100,
    refetchInterval: unstreamedPollMs,
  })

/** @param limit how many of the newest entries of the audit log are read */
export const useAudit = ({ limit }: { limit: number }) =>
  useQuery({
    queryKey: ['audit', limit],
    queryFn: () => itemsOf(client.audit.page({ limit })),
    refetchInterval: unstreamedPollMs,
  })

export const useTokens = () =>
  useQuery({
    queryKey: ['tokens'],
    queryFn: () => allItems(client.tokens.list({ limit: 1000 })),
    refetchInterval: 60_000,
  })

/** In this time a page leaves a resource that it has deleted, whose parts would be missing. */
const leaveMs = 100

/**
 * A change by this page. Afterwards every query of the account runs again, but not at once: the page first leaves a
 * resource that it has deleted.
 */
export function useChange<Input, Output>(account: string | undefined, change: (input: Input) => Promise<Output>) {
  const refetch = () =>
    queryClient.invalidateQueries(
      account === undefined ? undefined : { predicate: ({ queryKey }) => queryKey[0] === account },
    )
  return useMutation({ mutationFn: change, onSettled: () => void setTimeout(refetch, leaveMs) })
}

/**
 * The codes with a page in the documentation, such as `['problems', 'ClusterNotFound']`, `['causes', 'ImageNotFound']`.
 */
export const useCodes = (isEnabled: boolean) =>
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
    enabled: isEnabled,
  })

/** The filter of a stream of many resources: names and globs, for each kind of resource. */

import type { Caller } from '../http/caller.ts'
import { requireClusterInFence } from '../http/caller.ts'
import { BadRequest, detailAndErrorsOf } from '../problems/problem.ts'

/** Selects services or tasks. Each member is a name or a glob. */
export interface ResourcePattern {
  cluster: string
  /** The service's name, or the task's id. */
  name: string
}

/** The resources of a stream. A kind without patterns is left out. */
export interface ChangeFilter {
  clusters: readonly string[]
  services: readonly ResourcePattern[]
  tasks: readonly ResourcePattern[]
}

export interface ChangeQuery {
  state?: 'all' | 'none'
  clusters?: string
  services?: string
  tasks?: string
}

const allResources: ChangeFilter = {
  clusters: ['*'],
  services: [{ cluster: '*', name: '*' }],
  tasks: [{ cluster: '*', name: '*' }],
}

/**
 * Reads the filter from a query. Without parameters it selects all resources.
 * @throws BadRequest `InvalidQuery` with every error; Forbidden `OutsideFence` for a name of a cluster outside of the
 *   caller's fence
 */
export function parseChangeFilter(query: ChangeQuery, caller: Caller): ChangeFilter {
  const faults = [
    ...faultsOf('clusters', query.clusters, clusterFault),
    ...faultsOf('services', query.services, serviceFault),
    ...faultsOf('tasks', query.tasks, taskFault),
  ]
  const [first] = faults
  if (first) {
    const { detail, ...options } = detailAndErrorsOf(`?${first.name}: ${first.message}`, faults)
    throw new BadRequest('InvalidQuery', detail, options)
  }
  if (query.clusters === undefined && query.services === undefined && query.tasks === undefined) return allResources
  const filter = {
    clusters: entriesOf(query.clusters),
    services: entriesOf(query.services).map(patternOf),
    tasks: entriesOf(query.tasks).map(patternOf),
  }
  const clusters = [...filter.clusters, ...[...filter.services, ...filter.tasks].map(({ cluster }) => cluster)]
  for (const cluster of clusters) if (!isGlob(cluster)) requireClusterInFence(caller, cluster)
  return filter
}

export function isGlob(pattern: string): boolean {
  return /[*?]/.test(pattern)
}

/** Returns the entries of a list in a query, sorted and without duplicates, so that equal filters share snapshots. */
function entriesOf(value: string | undefined): string[] {
  return value === undefined ? [] : [...new Set(value.split(',').map((each) => each.trim()))].sort()
}

function patternOf(text: string): ResourcePattern {
  const [cluster = '', name = ''] = text.split('/')
  return { cluster, name }
}

function faultsOf(name: keyof ChangeFilter, value: string | undefined, faultOf: (each: string) => string | undefined) {
  return entriesOf(value).flatMap((each) => {
    const message = faultOf(each)
    return message === undefined ? [] : [{ in: 'query' as const, name, message: `${quoted(each)} ${message}` }]
  })
}

function quoted(text: string): string {
  return text === '' ? 'an empty entry' : JSON.stringify(text.slice(0, 100))
}

function clusterFault(text: string): string | undefined {
  return isPattern(text) ? undefined : 'is not a cluster name or a glob, such as prod or prod-*'
}

function serviceFault(text: string): string | undefined {
  const parts = text.split('/')
  return parts.length === 2 && parts.every(isPattern)
    ? undefined
    : 'is not a cluster and a service, such as prod/www or prod/*'
}

function taskFault(text: string): string | undefined {
  const [cluster = '', id = '', ...more] = text.split('/')
  const isTask = isPattern(id) && (isGlob(id) || /^([0-9a-f]{32}|[0-9a-f-]{36})$/.test(id))
  return more.length === 0 && isPattern(cluster) && isTask
    ? undefined
    : 'is not a cluster and the id of a task, such as prod/4b6a0c4e2f7d4c0c9a3f6b1d2e8f7a90 or prod/*'
}

/** Whether the text has only the characters of a name of a cluster or service in ECS, and wildcards. */
function isPattern(text: string): boolean {
  return /^[\w*?-]{1,255}$/.test(text)
}

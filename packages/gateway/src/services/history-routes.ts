/** What has happened to a service: its events and deployments, and stopping a deployment that is under way. */
import Type from 'typebox'
import type { Account } from '../aws/account.ts'
import type { Cache, CompositeQuery } from '../cache/cache.ts'
import type { History } from '../history/history.ts'
import { listSchema, pageQuery } from '../http/list.ts'
import { type Api, type RouteSchema, streamQuery } from '../http/route.ts'
import { throwFaults } from '../shapes/body.ts'
import { answerSchema, schemaNamed } from '../shapes/json-schema.ts'
import { continueDeployment, getDeployment, isFinished, listDeployments, stopDeployment } from './deployments.ts'
import { listEvents } from './events.ts'
import { serviceParams } from './routes.ts'

const deployment = answerSchema('ServiceDeployment')
const notFound = ['ClusterNotFound', 'ServiceNotFound'] as const
const ofDeployment = {
  tag: 'Deployments',
  params: {
    ...serviceParams,
    deployment: Type.String({ $id: 'DeploymentRef', description: 'The last segment of its ARN.' }),
  },
  answers: { 200: deployment },
}

const time = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))
const events = {
  summary: 'List a service’s events',
  operationId: 'listServiceEvents',
  description: 'Newest first: the hundred that ECS keeps, and those before them that this service has seen.',
  tag: 'Services',
  params: serviceParams,
  query: { since: time('From this time on.'), until: time('Before this time.'), ...pageQuery },
  answers: { 200: listSchema('ServiceEventList', answerSchema('ServiceEvent')) },
  problems: [...notFound, 'StoreUnavailable'],
} satisfies RouteSchema

const list = {
  summary: 'List a service’s deployments',
  operationId: 'listDeployments',
  description: 'Newest first.',
  ...ofDeployment,
  params: serviceParams,
  query: pageQuery,
  answers: { 200: listSchema('ServiceDeploymentList', deployment) },
  problems: notFound,
} satisfies RouteSchema
const get = {
  summary: 'Get a deployment',
  operationId: 'getDeployment',
  ...ofDeployment,
  query: streamQuery,
  problems: [...notFound, 'DeploymentNotFound'],
} satisfies RouteSchema
const overProblems = [...notFound, 'DeploymentNotFound', 'DeploymentFinished'] as const

const stopTypes = ['ROLLBACK', 'ABORT'] as const
const stop = {
  summary: 'Stop a deployment',
  operationId: 'stopDeployment',
  ...ofDeployment,
  body: Type.Object(
    { stopType: Type.Optional(Type.Enum(stopTypes, { description: '`ROLLBACK` unless given.' })) },
    { $id: 'DeploymentStop', additionalProperties: false, examples: [{ stopType: 'ROLLBACK' }] },
  ),
  bodyOptional: true,
  problems: overProblems,
} satisfies RouteSchema

const actions = ['CONTINUE', 'ROLLBACK'] as const
const goOn = {
  summary: 'Let a deployment go on that waits at a PAUSE hook',
  operationId: 'continueDeployment',
  ...ofDeployment,
  body: Type.Object(
    {
      action: Type.Optional(schemaNamed('DeploymentLifecycleHookAction', { description: '`CONTINUE` unless given.' })),
    },
    { $id: 'DeploymentContinue', additionalProperties: false, examples: [{ action: 'CONTINUE' }] },
  ),
  bodyOptional: true,
  problems: [...overProblems, 'ResourceInUse'],
} satisfies RouteSchema

interface DeploymentCall {
  account: Account
  params: { cluster: string; service: string; deployment: string }
}

export function serviceHistoryRoutes(api: Api<Account>, cache: Cache, history: History): void {
  const path = '/:account/clusters/:cluster/services/:service'
  api.get(`${path}/events`, { schema: events }, ({ account, params: { cluster, service }, query, url, freshness }) =>
    cache
      .composite(account, { topics: ['services'], cluster, key: url }, () =>
        listEvents(account, cluster, service, query, history),
      )
      .read(freshness),
  )
  api.get(`${path}/deployments`, { schema: list }, ({ account, params: { cluster, service }, query, url, freshness }) =>
    cache
      .composite(account, { topics: ['services'], cluster, key: url }, () =>
        listDeployments(account, cluster, service, query),
      )
      .read(freshness),
  )
  const one = ({ account, params: { cluster, service, deployment } }: DeploymentCall) => ({
    about: { topics: ['services'], cluster, key: `${cluster} ${service} ${deployment}` } satisfies CompositeQuery,
    compose: () => getDeployment(account, cluster, service, deployment),
  })
  const deploymentStream = (call: DeploymentCall) => {
    const { about, compose } = one(call)
    return cache.compositeStream(call.account, about, compose, (found) => (isFinished(found) ? 'final' : 'changing'))
  }
  api.get(`${path}/deployments/:deployment`, { schema: get, stream: deploymentStream }, (call) => {
    const { about, compose } = one(call)
    return cache.composite(call.account, about, compose).read(call.freshness)
  })
  api.post(`${path}/deployments/:deployment/stop`, { schema: stop }, ({ account, params, body }) =>
    stopDeployment(account, params.cluster, params.service, params.deployment, choice(body, 'stopType', stopTypes)),
  )
  api.post(`${path}/deployments/:deployment/continue`, { schema: goOn }, ({ account, params, body }) =>
    continueDeployment(account, params.cluster, params.service, params.deployment, choice(body, 'action', actions)),
  )
}

/** The body's only field, one of a few words; the first when it is not given. */
function choice<const Word extends string>(body: unknown, field: string, words: readonly [Word, ...Word[]]): Word {
  if (body === undefined) return words[0]
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throwFaults([{ pointer: '', message: 'an object is expected' }])
  const given = Object.entries(body as Record<string, unknown>)
  throwFaults(
    given
      .filter(([name]) => name !== field)
      .map(([name]) => ({
        pointer: `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
        message: `unknown field ${name}; only ${field} is taken`,
      })),
  )
  const value = given[0]?.[1] ?? words[0]
  const word = words.find((candidate) => candidate === value)
  if (word === undefined) throwFaults([{ pointer: `/${field}`, message: `must be one of ${words.join(', ')}` }])
  return word ?? words[0]
}

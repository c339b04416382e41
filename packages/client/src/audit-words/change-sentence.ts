/** The sentence about the change of an entry of the audit log, such as "scaled prod/www to 2 tasks". */
import type { AuditEntry } from '@ecs-api/client'
import { decodeSegment, paths } from '../paths.ts'

interface AuditInput {
  query?: Record<string, unknown>
  body?: Record<string, unknown> | null
}

/** The parameters of the route, empty where it has none, and the body of the request. */
interface RequestFacts {
  account: string
  cluster: string
  service: string
  task: string
  taskdef: string
  token: string
  body: Record<string, unknown>
}

/** A name from the request. `href` is undefined where the resource has no page. */
interface NamePart {
  name: string
  href?: string
}
/** Words of the console, or a name. */
export type SentencePart = string | NamePart

const pastTenses = {
  change: 'changed',
  continue: 'continued',
  create: 'created',
  delete: 'deleted',
  deploy: 'deployed',
  deregister: 'deregistered',
  make: 'made',
  open: 'opened',
  register: 'registered',
  restart: 'restarted',
  revoke: 'revoked',
  roll: 'rolled',
  rotate: 'rotated',
  run: 'ran',
  scale: 'scaled',
  sign: 'signed',
  stop: 'stopped',
}
type Change = [verb: keyof typeof pastTenses, ...parts: SentencePart[]]

const text = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

const serviceLink = ({ account, cluster, service }: RequestFacts, name = service): NamePart => ({
  name: `${cluster}/${name}`,
  href: paths.service(account, cluster, name),
})
const clusterLink = ({ account, cluster }: RequestFacts, name = cluster): NamePart => ({
  name,
  href: paths.cluster(account, name),
})
const taskLink = ({ account, cluster, task }: RequestFacts, id = task): NamePart => ({
  name: id.slice(0, 8),
  href: paths.task(account, cluster, id),
})
const definitionLink = ({ account }: RequestFacts, name: string): NamePart => ({
  name,
  href: paths.taskDefinition(account, name),
})

/** The changes by method and route. `/v1/ecs` is left out of the routes. */
const changes: Readonly<Record<string, (facts: RequestFacts) => Change>> = {
  'POST /:account/clusters': (facts) => ['create', 'the cluster', clusterLink(facts, text(facts.body.name))],
  'PUT /:account/clusters/:cluster': (facts) => ['change', 'the cluster', clusterLink(facts)],
  'PATCH /:account/clusters/:cluster': (facts) => ['change', 'the cluster', clusterLink(facts)],
  'DELETE /:account/clusters/:cluster': ({ cluster }) => ['delete', 'the cluster', { name: cluster }],
  'POST /:account/clusters/:cluster/services': (facts) => [
    'create',
    'the service',
    serviceLink(facts, text(facts.body.name ?? facts.body.serviceName)),
    'with',
    { name: text(facts.body.taskDefinition) },
  ],
  'PATCH /:account/clusters/:cluster/services/:service': (facts) => changeOfService(facts),
  'DELETE /:account/clusters/:cluster/services/:service': ({ cluster, service }) => [
    'delete',
    'the service',
    { name: `${cluster}/${service}` },
  ],
  'POST /:account/clusters/:cluster/services/:service/restart': (facts) => ['restart', serviceLink(facts)],
  'POST /:account/clusters/:cluster/services/:service/rollback': (facts) => [
    'roll',
    serviceLink(facts),
    'back',
    ...(facts.body.release === undefined ? [] : ['to release', { name: text(facts.body.release) }]),
    ...(facts.body.taskDefinition === undefined ? [] : ['to', { name: text(facts.body.taskDefinition) }]),
  ],
  'POST /:account/clusters/:cluster/services/:service/deployments/:deployment/stop': (facts) => [
    'stop',
    'a deployment of',
    serviceLink(facts),
  ],
  'POST /:account/clusters/:cluster/services/:service/deployments/:deployment/continue': (facts) => [
    'continue',
    'a deployment of',
    serviceLink(facts),
  ],
  'POST /:account/taskdefs': (facts) => ['register', 'a revision of', definitionLink(facts, text(facts.body.family))],
  'DELETE /:account/taskdefs/:taskdef': (facts) => ['deregister', definitionLink(facts, facts.taskdef)],
  'POST /:account/clusters/:cluster/tasks': (facts) => [
    'run',
    { name: text(facts.body.taskDefinition) },
    'in',
    clusterLink(facts),
  ],
  'DELETE /:account/clusters/:cluster/tasks/:task': (facts) => ['stop', 'the task', taskLink(facts)],
  'POST /:account/clusters/:cluster/tasks/:task/exec': (facts) => ['run', 'a command in the task', taskLink(facts)],
  // The path of the request is a secret, because it opens the session. The body names the task.
  'GET /exec/:session': (facts) => [
    'open',
    'a terminal in',
    { name: text(facts.body.container) },
    'of the task',
    taskLink(facts, text(facts.body.task)),
  ],
  'POST /tokens': (facts) => ['create', 'the token', { name: text(facts.body.name), href: paths.tokens }],
  'DELETE /tokens/:token': ({ token }) => ['revoke', 'the token', { name: token }],
  'POST /tokens/:token/rotate': ({ token }) => ['rotate', 'the token', { name: token, href: paths.tokens }],
  'POST /session': () => ['sign', 'in'],
  'DELETE /session': () => ['sign', 'out'],
  'POST /session/codes': () => ['make', 'a code to sign in'],
}

function changeOfService(facts: RequestFacts): Change {
  const { containers, ...settings } = facts.body
  const changedContainers = Object.entries((containers ?? {}) as Record<string, Record<string, unknown> | null>)
  const images = changedContainers.map(([, fields]) => text(fields?.image)).filter((image) => image !== '')
  const deployedVersion = images.length > 0 ? images.join(', ') : text(settings.taskDefinition)
  const count = text(settings.count ?? settings.desiredCount)
  if (deployedVersion !== '') return ['deploy', { name: deployedVersion }, 'to', serviceLink(facts)]
  if (count !== '') return ['scale', serviceLink(facts), 'to', { name: count }, count === '1' ? 'task' : 'tasks']
  const changed = [
    ...changedContainers.map(
      ([name, fields]) => `container ${[name, Object.keys(fields ?? {}).join(', ')].join(': ')}`,
    ),
    ...Object.keys(settings),
  ]
  return ['change', serviceLink(facts), ...(changed.length > 0 ? [':', { name: changed.join('; ') }] : [])]
}

const inputOf = ({ input }: AuditEntry) => (input ?? {}) as AuditInput

/** Whether the request was only for a plan (`?dryRun=true`), which changes nothing. */
export const isDryRun = (entry: AuditEntry) => inputOf(entry).query?.dryRun === true

function routeParameter({ action, path }: AuditEntry, name: string): string {
  const i = (action.split(' ')[1] ?? '').split('/').indexOf(`:${name}`)
  return decodeSegment(path.split('/')[i] ?? '')
}

const creatingRoute = /^POST \S*\/(clusters|services|taskdefs|tokens)$/

/** A rejected creation has made nothing. Another change is rejected with such a code if its resource does not exist. */
const isTargetMissing = ({ action, code }: AuditEntry) =>
  code !== null &&
  (creatingRoute.test(action) || /^(Cluster|Service|Task|TaskDefinition|Token|Account)NotFound$/.test(code))

const deployingRoute = /^(POST|PATCH) \S*\/:cluster\/services(\/:service(\/(restart|rollback))?)?$/

/** The service whose tasks ECS replaces after the request, if it has accepted it; undefined for another change. */
export function deployedService(entry: AuditEntry): { account: string; cluster: string; name: string } | undefined {
  const body = inputOf(entry).body ?? {}
  const members = Object.keys(body)
  const startsNoDeployment = members.length > 0 && members.every((name) => /^(count|desiredCount|tags)$/.test(name))
  if (!deployingRoute.test(entry.action) || isDryRun(entry) || entry.code !== null || startsNoDeployment)
    return undefined
  const name = routeParameter(entry, 'service') || text(body.name ?? body.serviceName)
  return { account: routeParameter(entry, 'account'), cluster: routeParameter(entry, 'cluster'), name }
}

/** The parts of the sentence, which follow each other without a space. */
export function changeSentence(entry: AuditEntry): SentencePart[] {
  const [method = '', route = ''] = entry.action.split(' ')
  const changeOf = changes[`${method} ${route.replace(/^\/v1\/ecs/, '')}`]
  if (!changeOf) return [{ name: `${method} ${entry.path}` }]
  const [verb, ...parts] = changeOf({
    account: routeParameter(entry, 'account') || (entry.account ?? ''),
    cluster: routeParameter(entry, 'cluster') || (entry.cluster ?? ''),
    service: routeParameter(entry, 'service'),
    task: routeParameter(entry, 'task'),
    taskdef: routeParameter(entry, 'taskdef'),
    token: routeParameter(entry, 'token'),
    body: inputOf(entry).body ?? {},
  })
  const hasNoLink = isTargetMissing(entry)
  return [
    isDryRun(entry) ? 'plan: ' : '',
    entry.code === null ? pastTenses[verb] : `tried to ${verb}`,
    ...parts.flatMap((part): SentencePart[] => [
      part === ':' ? '' : ' ',
      typeof part === 'string' || !hasNoLink ? part : { name: part.name },
    ]),
    entry.code === null ? '' : `: ${entry.status}`,
  ].filter((part) => part !== '')
}

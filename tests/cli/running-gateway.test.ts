// The command line in the folder of a gateway: it finds the gateway at any port, and its token goes nowhere else.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startGatewayProcess } from '../../packages/gateway/src/testing/process.ts'
import { cliWithHome, newFolder } from './cli-process.ts'

/** How many requests arrived at somebody else’s server. */
let foreignRequestCount = 0
const foreignServer = createServer((_, response) => {
  foreignRequestCount++
  response.writeHead(401).end()
})
await new Promise<void>((resolve) => foreignServer.listen(0, '127.0.0.1', resolve))
after(() => foreignServer.close())
const foreignUrl = `http://127.0.0.1:${(foreignServer.address() as { port: number }).port}`

test('in the folder of a gateway its address and its token are used, until it stops', async () => {
  const folder = newFolder()
  const cli = cliWithHome(folder)
  const { child, exit, url } = await startGatewayProcess({ folder })
  const whoami = await cli(['whoami'])
  assert.equal(whoami.code, 0, whoami.stderr)
  assert.match(whoami.stdout, /^token +admin \(\.\/data\/token\)$/m)
  assert.ok(whoami.stdout.includes(url))
  assert.match((await cli(['open', '--print'])).stdout, new RegExp(`^${url}/#code=`))
  assert.match((await cli(['doctor'])).stdout, new RegExp(`^ok +gateway +${url}, `, 'm'))
  const elsewhere = await cli(['whoami', '--url', foreignUrl])
  assert.match(elsewhere.stderr, new RegExp(`^\\./data/token is not sent to ${foreignUrl}: it belongs to ${url}\\.\n`))
  const login = await cli(['login', '--token-stdin'], { stdin: readFileSync(join(folder, 'data', 'token'), 'utf8') })
  assert.match(login.stdout, new RegExp(`^Signed in to ${url} `))
  child.kill('SIGTERM')
  await exit
  assert.ok(!existsSync(join(folder, 'data', 'url')))
})

test('use keeps account and cluster for the gateway of the folder, at any port', async () => {
  const folder = newFolder()
  const cli = cliWithHome(folder)
  const first = await startGatewayProcess({ folder })
  const used = await cli(['use', 'local/prod'])
  assert.deepEqual([used.code, used.stdout], [0, 'Profile local uses local/prod.\n'], used.stderr)
  first.child.kill('SIGTERM')
  await first.exit
  const second = await startGatewayProcess({ folder })
  assert.notEqual(second.url, first.url)
  const whoami = await cli(['whoami'])
  assert.equal(whoami.code, 0, whoami.stderr)
  assert.ok(whoami.stdout.includes(second.url), whoami.stdout)
  assert.match(whoami.stdout, /^cluster +prod$/m)
  assert.match((await cli(['clusters', 'create', 'prod', '-q'])).stdout, /^prod\n$/)
  assert.match((await cli(['clusters', 'get', '-q'])).stdout, /^prod\n$/)
  const configFile = join(folder, 'config', 'ecs-api', 'config.yaml')
  writeFileSync(configFile, JSON.stringify({ current: 'local', profiles: { local: { url: first.url } } }))
  const ofProfile = await cli(['whoami'])
  assert.match(
    ofProfile.stderr,
    new RegExp(
      `it belongs to ${second.url}\\. The profile names ${first.url}\\. For the gateway of ./data: --url ${second.url}\n`,
    ),
  )
  second.child.kill('SIGTERM')
  await second.exit
})

test('without a running gateway nothing is sent, and the command says how to start one', async () => {
  const folder = newFolder()
  const cli = cliWithHome(folder)
  mkdirSync(join(folder, 'data'))
  writeFileSync(join(folder, 'data', 'token'), 'of-data\n')
  const countBefore = foreignRequestCount
  const assertNoGateway = async () => {
    for (const args of [['status'], ['whoami'], ['open'], ['services', 'list']]) {
      const { code, stderr } = await cli(args)
      assert.equal(code, 8, stderr)
      assert.match(stderr, /^No gateway runs with .*\nStart one here: npm start, or ecs-api serve\. .*login URL.*\n$/)
    }
    const doctor = await cli(['doctor'])
    assert.equal(doctor.code, 8)
    assert.match(doctor.stdout, /^failed +gateway +No gateway runs with .*\n +Start one here: /m)
    assert.equal((await cli(['login', '--token-stdin'], { stdin: 'of-data' })).code, 2)
  }
  await assertNoGateway()
  // A killed gateway has left its address behind, and somebody else’s server listens there now.
  const ended = await startGatewayProcess({ folder: newFolder() })
  ended.child.kill('SIGKILL')
  await ended.exit
  writeFileSync(join(folder, 'data', 'url'), `${foreignUrl}\n${ended.child.pid} ${hostname()}\n`)
  await assertNoGateway()
  // When the gateway ran in a container, the process with its id on this machine is another one.
  writeFileSync(join(folder, 'data', 'url'), `${foreignUrl}\n${process.pid} another-host\n`)
  await assertNoGateway()
  assert.equal(foreignRequestCount, countBefore)
})

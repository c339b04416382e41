// The checks of `doctor`, and the fix that it names for each.
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { newFolder } from './cli-process.ts'
import { cli, home } from './prod-cluster.ts'

/** @returns the address of a gateway whose clock is a minute slow */
async function slowClockUrl(): Promise<string> {
  const server = createServer((_, response) => {
    const date = new Date(Date.now() - 60_000).toUTCString()
    response.writeHead(200, { 'content-type': 'application/json', date }).end('{"version": "0.1.0", "items": []}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}

test('doctor names what is wrong, with a fix', async () => {
  const healthy = await cli(['doctor'])
  assert.equal(healthy.code, 0, healthy.stdout)
  assert.match(healthy.stdout, /^ok +gateway +http:.*version/m)
  assert.match(healthy.stdout, /^ok +account local +us-east-1$/m)
  assert.match(healthy.stdout, /^note +containers +local: simulated\n +For real containers start/m)
  assert.match(healthy.stdout, /^ok +clock +the same as the gateway’s$/m)
  const binFolder = join(newFolder(), 'node_modules', '.bin')
  mkdirSync(binFolder, { recursive: true })
  writeFileSync(join(binFolder, 'ecs-api'), '')
  const installedEnv = { SHELL: '/bin/bash', PATH: `/npm/node-gyp-bin:${binFolder}` }
  const doctorInBash = async () => (await cli(['doctor'], { env: installedEnv })).stdout
  assert.match(
    await doctorInBash(),
    /^note +completion +not installed in bash\n +echo 'eval "\$\(ecs-api completion bash\)"'/m,
  )
  const npxEnv = { SHELL: '/bin/bash', PATH: `${binFolder}:/npm/node-gyp-bin` }
  assert.ok(
    (await cli(['doctor'], { env: npxEnv })).stdout.includes(
      `echo 'PATH="${binFolder}:$PATH"; eval "$(ecs-api completion bash)"' >> ~/.bashrc\n`,
    ),
  )
  const npxScriptEnv = { ...npxEnv, npm_lifecycle_event: 'npx' }
  assert.ok((await cli(['doctor'], { env: npxScriptEnv })).stdout.includes('eval "$(ecs-api completion bash)"'))
  assert.match((await cli(['statu'], { env: npxScriptEnv })).stderr, /\nAll commands: npx ecs-api help\n$/)
  assert.match((await cli(['scale', '--help'], { env: npxScriptEnv })).stdout, /\n {2}npx ecs-api scale prod\/www 3\n/)
  const npxInstalledEnv = { ...npxScriptEnv, PATH: installedEnv.PATH }
  assert.match((await cli(['statu'], { env: npxInstalledEnv })).stderr, /\nAll commands: ecs-api help\n$/)
  const completion = await cli(['completion', 'bash'], { env: npxEnv })
  assert.match(completion.stdout, /^# bash/)
  assert.match(completion.stderr, /^The shell does not find ecs-api, .*: \S+\/node_modules\/\.bin\n$/)
  assert.equal((await cli(['completion', 'bash'], { env: installedEnv })).stderr, '')
  writeFileSync(join(home, '.bashrc'), 'eval "$(ecs-api completion bash)"\n')
  assert.match(await doctorInBash(), /^ok +completion +of bash$/m)
  const slowUrl = await slowClockUrl()
  assert.match(
    (await cli(['doctor'], { env: { ECS_API_URL: slowUrl } })).stdout,
    /^note +clock +(5[89]|60) s from the/m,
  )
  const wrong = await cli(['doctor'], { env: { ECS_API_TOKEN: 'wrong' } })
  assert.equal(wrong.code, 4)
  assert.match(wrong.stdout, /^failed +token +Unauthorized: .*\n +ecs-api login$/m)
  assert.match(wrong.stdout, /^note +containers +not known: /m)
  assert.equal((await cli(['doctor'], { env: { ECS_API_URL: 'http://127.0.0.1:1' } })).code, 8)
})

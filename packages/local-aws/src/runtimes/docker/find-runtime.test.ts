import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startScriptedDocker } from '../../testing/scripted-docker.ts'
import { findRuntime } from './find-runtime.ts'

const version = { Version: '29.1', Components: [{ Name: 'Engine' }] }

test('the runtime at a given address is found', async () => {
  const address = await startScriptedDocker({
    '/_ping': 'OK',
    '/version': version,
    '/info': { CgroupDriver: 'systemd' },
  })
  const found = await findRuntime(address)
  assert.deepEqual(
    [found?.name, found?.version, found?.cgroupDriver, found?.isRootfulOnThisMachine],
    ['docker', '29.1', 'systemd', false],
  )
})

for (const [silentPath, seconds] of [
  ['/_ping', 2],
  ['/version', 30],
  ['/info', 30],
] as const)
  test(`a runtime that does not answer ${silentPath} is reported after ${seconds} s`, {
    timeout: 20_000,
  }, async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const isAsked = Promise.withResolvers<void>()
    const address = await startScriptedDocker(
      { '/_ping': 'OK', '/version': version, '/info': {}, [silentPath]: undefined },
      (path) => path === silentPath && isAsked.resolve(),
    )
    const rejected = assert.rejects(findRuntime(address), {
      message: `No container runtime answers. Tried: ${address}: no answer within ${seconds} s.`,
    })
    await isAsked.promise
    t.mock.timers.tick(seconds * 1000)
    await rejected
  })

test('an address whose scheme is not supported is reported', async () => {
  await assert.rejects(findRuntime('ssh://build-host'), {
    message:
      'No container runtime answers. Tried: ssh://build-host: ssh:// is not supported, only unix://, tcp:// and http:// are.',
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scriptedDocker } from '../../testing/scripted-docker.ts'
import { findRuntime } from './find-runtime.ts'

const version = { Version: '29.1', Components: [{ Name: 'Engine' }] }

test('the runtime at a given address is found', async () => {
  const address = await scriptedDocker({ '/_ping': 'OK', '/version': version, '/info': { CgroupDriver: 'systemd' } })
  const found = await findRuntime(address)
  assert.deepEqual(
    [found?.name, found?.version, found?.cgroupDriver, found?.isRootfulOnThisMachine],
    ['docker', '29.1', 'systemd', false],
  )
})

for (const silentPath of ['/_ping', '/version', '/info'])
  test(`a runtime that does not answer ${silentPath} is reported after a timeout`, { timeout: 30_000 }, async () => {
    const address = await scriptedDocker({ '/_ping': 'OK', '/version': version, '/info': {}, [silentPath]: undefined })
    await assert.rejects(findRuntime(address), {
      message: `No container runtime answers. Tried: ${address}: no answer within 2 s.`,
    })
  })

test('an address whose scheme is not supported is reported', async () => {
  await assert.rejects(findRuntime('ssh://build-host'), {
    message:
      'No container runtime answers. Tried: ssh://build-host: ssh:// is not supported, only unix://, tcp:// and http:// are.',
  })
})

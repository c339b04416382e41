/**
 * The list of the images on this machine, for accounts that do not use them. The list of real images is tested in
 * `tests/containers/local-images.long.test.ts`.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestProgram } from '../testing/program.ts'

const { api, newToken } = await startTestProgram({
  accounts: [
    {
      name: 'remote',
      mode: 'aws',
      region: 'us-east-1',
      defaults: {},
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'x' },
      endpoint: 'http://127.0.0.1:9',
    },
  ],
})

test('an account on AWS and one with simulated containers have no images of this machine, and say why', async () => {
  const simulated = await api.get('/local/images')
  assert.deepEqual([simulated.status, simulated.body.code], [404, 'NoLocalImages'])
  assert.match(simulated.body.detail, /Containers of the account local are simulated/)
  const remote = await api.get('/remote/images')
  assert.deepEqual([remote.status, remote.body.code], [404, 'NoLocalImages'])
  assert.match(remote.body.detail, /Tasks of the account remote run on AWS/)
})

test('a token whose fence excludes the account does not get the list', async () => {
  const token = await newToken({ name: 'elsewhere', role: 'viewer', accounts: ['remote'] })
  const { status } = await api.get('/local/images', { headers: { authorization: `Bearer ${token}` } })
  assert.equal(status, 403)
})

test('the page of RegistryUnreachable says how to go on without a registry', async () => {
  const { text } = await api.get('/docs/causes/RegistryUnreachable')
  assert.match(text, /ECS_API_ACCOUNTS_LOCAL_RUNTIME=simulated<\/code> before the command/)
  assert.match(text, /podman images/)
})

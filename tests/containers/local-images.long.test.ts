// The images of this machine, on a container runtime that answers and then goes away: in a list, in plans, and in the
// diagnosis of an image that cannot be pulled.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Diagnosis,
  hasCauseWithTask,
  waitForDiagnosis,
} from '../../packages/gateway/src/testing/diagnosis-when.ts'
import { newFolder, startGatewayProcess } from '../../packages/gateway/src/testing/process.ts'
import { ensureTestImage, getContainerRuntime, testImage } from '../../packages/local-aws/src/testing/containers.ts'
import { noPodman, startPodmanService } from '../../packages/local-aws/src/testing/podman-service.ts'
import { cliWithHome } from '../cli/cli-process.ts'

test('the images of this machine are listed, planned with, and proposed after a failed pull', {
  skip: noPodman,
}, async (t) => {
  await ensureTestImage()
  const { docker } = getContainerRuntime()
  const other = 'localhost/ecs-api-test/unreachable-web:1'
  await docker.getImage(testImage).tag({ repo: 'localhost/ecs-api-test/unreachable-web', tag: '1' })
  const podman = await startPodmanService()
  let isStopped = false
  const { folder, remove } = await newFolder()
  const service = await startGatewayProcess({ folder, env: { ECS_API_ACCOUNTS_LOCAL_RUNTIME: podman.socket } })
  t.after(async () => {
    if (isStopped) await podman.start()
    service.child.kill('SIGTERM')
    await service.exit
    await podman.end()
    await remove()
    await docker.getImage(other).remove()
  })
  const call = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${service.url}/v1/ecs/local${path}`, {
      method,
      headers: { authorization: `Bearer ${service.token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: JSON.parse(await response.text()) }
  }

  const { status, body: listed } = await call('GET', '/images?limit=1000')
  const names = listed.items.map(({ name }: { name: string }) => name)
  assert.equal(status, 200)
  assert.ok(names.includes(testImage) && names.includes(other), String(names))
  assert.ok(!names.some((name: string) => name.includes('ecs-api/pause')), 'the engine’s own image is not listed')
  const image = listed.items.find(({ name }: { name: string }) => name === testImage)
  assert.ok(image.sizeBytes > 0 && Date.parse(image.createdAt) > 0, JSON.stringify(image))
  const first = (await call('GET', '/images?limit=1')).body
  assert.deepEqual([first.items.length, (await call('GET', `/images?cursor=${first.nextCursor}`)).status], [1, 200])

  const cli = cliWithHome(folder, { ECS_API_URL: service.url, ECS_API_TOKEN: service.token, ECS_API_ACCOUNT: 'local' })
  const complete = async (typed: string) =>
    (await cli(['complete', '--', 'deploy', 'demo/web', '--image', typed])).stdout
  // The gateway has 300 ms to respond; names that come later are completed by the next key.
  while (!(await complete('localhost/ecs-api-test/un')).includes(other));
  assert.equal(await complete('localhost/ecs-api-test/un'), `${other}\ton this machine\n`)
  assert.equal(await complete('no-such-image'), '')

  const missing = '127.0.0.1:9/unreachable-web:1'
  const definition = (image: string) => ({ family: 'web', containerDefinitions: [{ name: 'web', image }] })
  const pulls = `The image ${missing} is not on this machine: Podman pulls it from 127.0.0.1:9.`
  assert.ok((await call('POST', '/taskdefs?dryRun=true', definition(missing))).body.effects.includes(pulls))
  assert.doesNotMatch(String((await call('POST', '/taskdefs?dryRun=true', definition(testImage))).body.effects), /pull/)
  await call('POST', '/clusters', { name: 'demo' })
  await call('POST', '/taskdefs', definition(missing))
  const web = { name: 'web', taskDefinition: 'web', count: 1 }
  const planned = await call('POST', '/clusters/demo/services?dryRun=true', web)
  assert.ok(planned.body.effects.includes(pulls), JSON.stringify(planned.body))
  await call('POST', '/clusters/demo/services', web)

  const url = `${service.url}/v1/ecs/local/clusters/demo/services/web`
  const { causes } = await waitForDiagnosis(url, service.token, hasCauseWithTask('RegistryUnreachable'))
  const steps = stepsOf(causes)
  assert.match(steps, new RegExp(`Use an image of this machine, which needs no registry: \`${other}\``))
  assert.match(steps, /ECS_API_ACCOUNTS_LOCAL_RUNTIME=simulated` before the command/)
  const update = { containers: { web: { image: 'localhost/ecs-api-test/none:1' } } }
  const patched = await call('PATCH', '/clusters/demo/services/web?dryRun=true', update)
  assert.match(String(patched.body.effects), /none:1 is not on this machine: Podman pulls it from localhost\./)
  assert.equal((await call('DELETE', '/clusters/demo/services/web?force=true&wait=INACTIVE')).status, 200)

  await podman.stop()
  isStopped = true
  const { status: gone, body: problem } = await call('GET', '/images')
  assert.deepEqual([gone, problem.code], [503, 'RuntimeUnreachable'], JSON.stringify(problem))
  assert.equal((await call('POST', '/taskdefs?dryRun=true', definition(missing))).status, 200)
})

const stepsOf = (causes: Diagnosis['causes']) => String(causes[0]?.next.map(({ text }) => text))

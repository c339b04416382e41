/** Uncaught errors, planted by a module that Node loads before the program. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { newFolder, startCli, startGatewayProcess } from '../testing/process.ts'

const preload = (code: string) => ['--import', `data:text/javascript,${encodeURIComponent(code)}`]
const onSignal = (code: string) => preload(`process.on('SIGUSR2', () => { ${code} })`)
const thrown = onSignal(`setTimeout(() => { throw new Error('planted') })`)
const rejected = onSignal(`Promise.reject(new Error('planted'))`)

for (const [error, node] of Object.entries({ 'an exception': thrown, 'a rejection': rejected })) {
  test(`${error} that is not caught is logged and ends the service after its state is saved`, async (t) => {
    const folder = await temporaryFolder(t)
    const { url, token, child, exit, output } = await startGatewayProcess({ folder, node })
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    assert.equal(
      (await fetch(`${url}/v1/ecs/local/clusters`, { method: 'POST', headers, body: '{"name": "kept"}' })).status,
      201,
    )
    child.kill('SIGUSR2')
    assert.deepEqual(await exit, { code: 1, signal: null })
    const { stdout, stderr } = output()
    assert.match(stdout, /"level":"error"[^\n]*planted[^\n]*"msg":"a fault of this program"/)
    assert.match(stderr, /ecs-api ends, exit code 1: .*"planted"; its store and engine are closed\.\n$/)

    const again = await startGatewayProcess({ folder })
    t.after(() => again.child.kill('SIGKILL'))
    assert.equal((await fetch(`${again.url}/v1/ecs/local/clusters/kept`, { headers })).status, 200)
  })

  test(`${error} that is not caught ends the local-aws command after its state is saved`, async (t) => {
    const folder = await temporaryFolder(t)
    const args = ['local-aws', '--port', '0', '--runtime', 'simulated', '--data', join(folder, 'engine')]
    const running = startCli(args, { folder, node })
    await running.waitForOutput(/http:\S+/)
    running.child.kill('SIGUSR2')
    assert.deepEqual(await running.exit, { code: 1, signal: null })
    assert.match(
      running.output().stderr,
      /Error: planted[\s\S]*The engine exits with code 1 after an uncaught error: "planted"\. Its state is saved\.\n$/,
    )
  })
}

test('an uncaught error of a request is logged with the request’s id', async (t) => {
  const folder = await temporaryFolder(t)
  // Processing the request reads the clock. The file name is in two parts because this code itself is in each of its
  // stacks.
  const node = preload(`
    const now = Date.now
    let isArmed = false
    process.on('SIGUSR2', () => { isArmed = true; console.log('armed') })
    Date.now = () => {
      if (isArmed && new Error().stack.includes('create' + '.ts')) {
        isArmed = false
        setTimeout(() => { throw new Error('planted') })
      }
      return now()
    }`)
  const { url, token, child, exit, waitForOutput, output } = await startGatewayProcess({ folder, node })
  child.kill('SIGUSR2')
  await waitForOutput(/armed/)
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'x-request-id': 'the-one' }
  await fetch(`${url}/v1/ecs/local/clusters`, { method: 'POST', headers, body: '{"name": "x"}' }).catch(() => {})
  assert.deepEqual(await exit, { code: 1, signal: null })
  assert.match(output().stdout, /"level":"error"[^\n]*"requestId":"the-one"[^\n]*planted/)
})

async function temporaryFolder(t: TestContext): Promise<string> {
  const { folder, remove } = await newFolder()
  t.after(remove)
  return folder
}

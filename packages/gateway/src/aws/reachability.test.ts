import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startAwsStandIn } from '../testing/aws-stand-in.ts'
import { startEngineOverTcp } from '../testing/engine-over-tcp.ts'
import { startTestProgram } from '../testing/program.ts'

const { account } = await startEngineOverTcp()
const standIn = await startAwsStandIn(account('remote').endpoint!)

/** A program with one account, whose credentials STS accepts or not. */
async function programWith({ isAccepted }: { isAccepted: boolean }) {
  let calls = 0
  standIn.responses.set('GetCallerIdentity', () => {
    calls++
    const code = '<Code>ExpiredToken</Code><Message>expired</Message>'
    const body = `<ErrorResponse><Error><Type>Sender</Type>${code}</Error></ErrorResponse>`
    // Without a response of the stand-in, the engine answers.
    return isAccepted ? undefined : { status: 403, contentType: 'text/xml', body }
  })
  const { api } = await startTestProgram({ accounts: [account('remote', { endpoint: standIn.endpoint })] })
  const isReachable = async (): Promise<boolean> => {
    const { body } = await api.get('/accounts')
    return body.items.find(({ name }: { name: string }) => name === 'remote').reachable
  }
  return { api, isReachable, stsCalls: () => calls }
}

for (const isAccepted of [true, false])
  test(`lists of accounts share one response of STS: credentials ${isAccepted ? 'accepted' : 'rejected'}`, async () => {
    const { isReachable, stsCalls } = await programWith({ isAccepted })
    assert.deepEqual(await Promise.all([isReachable(), isReachable()]), [isAccepted, isAccepted])
    assert.equal(await isReachable(), isAccepted)
    assert.equal(stsCalls(), 1)
  })

test('an STS that rejects the credentials does not stop calls to ECS', async () => {
  const { api, stsCalls } = await programWith({ isAccepted: false })
  // An ARN in a path is compared with the account's own number, which only STS knows.
  const arn = encodeURIComponent('arn:aws:ecs:us-east-1:111122223333:cluster/prod')
  for (let i = 0; i < 6; i++) assert.equal((await api.get(`/remote/clusters/${arn}`)).status, 503)
  assert.ok(stsCalls() >= 5, 'enough failures for a circuit breaker')
  const { status, text } = await api.get('/remote/clusters')
  assert.equal(status, 200, text)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { awsStandIn } from '../testing/aws-stand-in.ts'
import { testProgram } from '../testing/program.ts'
import { remoteAws } from '../testing/remote-aws.ts'

const { account } = await remoteAws()
const standIn = await awsStandIn(account('remote').endpoint!)
const { api } = await testProgram({ accounts: [account('remote', { endpoint: standIn.endpoint })] })

test('an STS that cannot be reached does not stop calls to ECS', async () => {
  standIn.responses.set('GetCallerIdentity', () => ({
    status: 403,
    contentType: 'text/xml',
    body: '<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>expired</Message></Error></ErrorResponse>',
  }))
  for (let i = 0; i < 6; i++) {
    const { body } = await api.get('/accounts')
    const remote = body.items.find(({ name }: { name: string }) => name === 'remote')
    assert.equal(remote.reachable, false, JSON.stringify(body))
  }
  const { status, text } = await api.get('/remote/clusters')
  assert.equal(status, 200, text)
})

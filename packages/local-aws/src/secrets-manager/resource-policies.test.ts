import assert from 'node:assert/strict'
import { SecretsManager } from '@aws-sdk/client-secrets-manager'
import { testInProcessAndOverTcp } from '../testing/in-process-and-tcp.ts'

testInProcessAndOverTcp('a secret’s resource policy is stored, returned and deleted', async (open) => {
  const { clientOf } = await open()
  const secrets = clientOf(SecretsManager)
  const { ARN } = await secrets.createSecret({ Name: 'db', SecretString: 'x' })
  const getResourcePolicy = async () => {
    const { $metadata: _, ...answer } = await secrets.getResourcePolicy({ SecretId: 'db' })
    return answer
  }
  assert.deepEqual(await getResourcePolicy(), { ARN, Name: 'db' })
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: 'arn:aws:iam::111122223333:root' },
    Action: 'secretsmanager:*',
    Resource: '*',
  }
  const ResourcePolicy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  const put = await secrets.putResourcePolicy({ SecretId: 'db', ResourcePolicy, BlockPublicPolicy: true })
  assert.deepEqual([put.ARN, put.Name], [ARN, 'db'])
  assert.deepEqual(await getResourcePolicy(), { ARN, Name: 'db', ResourcePolicy })
  await secrets.updateSecret({ SecretId: 'db', Description: 'of the db' })
  assert.equal((await getResourcePolicy()).ResourcePolicy, ResourcePolicy)

  await assert.rejects(secrets.putResourcePolicy({ SecretId: 'db', ResourcePolicy: '{' }), {
    name: 'MalformedPolicyDocumentException',
  })
  const anyone = JSON.stringify({ Statement: { ...statement, Principal: '*' } })
  await assert.rejects(secrets.putResourcePolicy({ SecretId: 'db', ResourcePolicy: anyone, BlockPublicPolicy: true }), {
    name: 'PublicPolicyException',
  })
  await secrets.putResourcePolicy({ SecretId: 'db', ResourcePolicy: anyone })
  assert.deepEqual((await secrets.deleteResourcePolicy({ SecretId: 'db' })).ARN, ARN)
  assert.deepEqual(await getResourcePolicy(), { ARN, Name: 'db' })
  await assert.rejects(secrets.getResourcePolicy({ SecretId: 'none' }), { name: 'ResourceNotFoundException' })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimDeployments, type DeploymentClaim, removeDeploymentClaim } from './deployment-claims.ts'
import { openStore } from './store.ts'

test('a repeated request replaces the claim of its earlier try, and no other claim', async (t) => {
  const store = await openStore({ url: undefined, key: 'a key', data: ':memory:' })
  t.after(() => store.close())
  const claim = (id: DeploymentClaim['id'], caller: string) => ({ account: '1', service: 'arn:www', id, caller })
  const [firstTry, repeat, other] = [
    claim('request-1/try-1', 'portal'),
    claim('request-1/try-2', 'portal'),
    claim('request-2/try-1', 'ci'),
  ]
  assert.equal(await claimDeployments(store, firstTry, 60), undefined)
  assert.equal(await claimDeployments(store, repeat, 60), undefined)
  assert.equal((await claimDeployments(store, other, 60))?.caller, 'portal')
  await removeDeploymentClaim(store, firstTry)
  assert.equal((await claimDeployments(store, other, 60))?.caller, 'portal')
  await removeDeploymentClaim(store, repeat)
  assert.equal(await claimDeployments(store, other, 60), undefined)
})

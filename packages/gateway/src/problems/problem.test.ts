import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { causeText, errorText, Unavailable } from './problem.ts'

test('the text of an error for a host with two addresses has the reason of each', async () => {
  const addresses = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }))
  const socket = connect({ host: 'two.test', port: 1, lookup: (_host, _options, onFound) => onFound(null, addresses) })
  const [error] = await once(socket, 'error').catch((thrown) => [thrown])
  assert.equal(error.message, '')
  const reasons = 'connect ECONNREFUSED 127.0.0.1:1, connect ECONNREFUSED 127.0.0.2:1'
  assert.equal(errorText(error), reasons)
  const problem = new Unavailable('StoreUnavailable', 'The store does not respond.', { cause: error })
  assert.equal(causeText(problem), `AggregateError: ${reasons}`)
})

test('the text of a thrown value that is no error is the value', () => {
  assert.equal(errorText('stopped'), 'stopped')
  assert.equal(errorText(undefined), 'undefined')
})

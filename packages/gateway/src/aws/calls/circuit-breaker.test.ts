import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BadGateway, GatewayTimeout, type Problem, TooManyRequests, Unavailable } from '../../problems/problem.ts'
import { CircuitBreaker } from './circuit-breaker.ts'

const dead = new Unavailable('AwsUnreachable', 'AWS cannot be reached.', { retryAfterSeconds: 5 })

/** A circuit breaker on a clock that the test sets. */
function newBreaker() {
  const clock = { now: 0 }
  const breaker = new CircuitBreaker({ now: () => clock.now })
  const call = (problem?: Problem) => {
    breaker.admitCall()
    if (problem) breaker.recordFailure(problem)
    else breaker.recordResponse()
  }
  const fail = (times: number, problem: Problem = dead) => {
    for (let i = 0; i < times; i++) call(problem)
  }
  return { clock, breaker, call, fail }
}

test('after five failures in a row, calls fail at once with the same problem and Retry-After', () => {
  const { call, fail } = newBreaker()
  fail(4)
  call()
  fail(4)
  fail(1)
  assert.throws(
    () => call(),
    (error) => error instanceof Unavailable && error.code === 'AwsUnreachable' && error.options.retryAfterSeconds === 2,
  )
})

test('one probe at a time tests the connection; each failure doubles the pause, and a success closes the breaker', () => {
  const { clock, breaker, call, fail } = newBreaker()
  fail(5, new GatewayTimeout('AwsTimeout', 'AWS did not answer in time.'))
  clock.now = 2000
  breaker.admitCall()
  assert.throws(() => breaker.admitCall(), { code: 'AwsTimeout', status: 504 })
  breaker.recordFailure(dead)
  clock.now = 5999
  assert.throws(() => call(), { code: 'AwsUnreachable' })
  clock.now = 6000
  call()
  call()
})

test('calls already in flight when the breaker opens do not lengthen the pause', () => {
  const { clock, breaker, call } = newBreaker()
  for (let i = 0; i < 20; i++) breaker.admitCall()
  for (let i = 0; i < 20; i++) breaker.recordFailure(dead)
  clock.now = 1999
  assert.throws(() => call(), { code: 'AwsUnreachable' })
  clock.now = 2000
  call()
})

test('responses from AWS, including throttles and faults, do not open the breaker', () => {
  const { call, fail } = newBreaker()
  fail(20, new TooManyRequests('TooManyRequests', 'Rate exceeded'))
  fail(20, new BadGateway('AwsError', 'AWS failed.'))
  call()
})

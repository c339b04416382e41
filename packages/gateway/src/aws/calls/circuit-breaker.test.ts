import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BadGateway, GatewayTimeout, type Problem, TooManyRequests, Unavailable } from '../../problems/problem.ts'
import { CircuitBreaker } from './circuit-breaker.ts'

const dead = new Unavailable('AwsUnreachable', 'AWS cannot be reached.', { retryAfterSeconds: 5 })

function breaker() {
  const clock = { now: 0 }
  const made = new CircuitBreaker({ now: () => clock.now })
  const call = (problem?: Problem) => {
    made.admit()
    made.recordOutcome(problem)
  }
  const fail = (times: number, problem: Problem = dead) => {
    for (let i = 0; i < times; i++) call(problem)
  }
  return { clock, made, call, fail }
}

test('after five failures in a row, calls fail at once with the same problem and Retry-After', () => {
  const { call, fail } = breaker()
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
  const { clock, made, call, fail } = breaker()
  fail(5, new GatewayTimeout('AwsTimeout', 'AWS did not answer in time.'))
  clock.now = 2000
  made.admit()
  assert.throws(() => made.admit(), { code: 'AwsTimeout', status: 504 })
  made.recordOutcome(dead)
  clock.now = 5999
  assert.throws(() => call(), { code: 'AwsUnreachable' })
  clock.now = 6000
  call()
  call()
})

test('calls already in flight when the breaker opens do not lengthen the pause', () => {
  const { clock, made, call } = breaker()
  for (let i = 0; i < 20; i++) made.admit()
  for (let i = 0; i < 20; i++) made.recordOutcome(dead)
  clock.now = 1999
  assert.throws(() => call(), { code: 'AwsUnreachable' })
  clock.now = 2000
  call()
})

test('responses from AWS, including throttles and faults, do not open the breaker', () => {
  const { call, fail } = breaker()
  fail(20, new TooManyRequests('TooManyRequests', 'Rate exceeded'))
  fail(20, new BadGateway('AwsError', 'AWS failed.'))
  call()
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EventBridge } from '@aws-sdk/client-eventbridge'
import { openTestEngine } from '../testing/test-engine.ts'

const detail = {
  state: 'RUNNING',
  count: 5,
  ratio: 0.5,
  flag: true,
  nothing: null,
  names: ['alpha', 'beta'],
  none: [],
  inner: { path: '/a/b*c.txt' },
  containers: [
    { name: 'app', exitCode: 0 },
    { name: 'side', exitCode: 137 },
  ],
}
const event = {
  id: '1',
  account: '111122223333',
  source: 'test',
  time: '2026-01-01T00:00:00Z',
  region: 'us-east-1',
  resources: [],
  'detail-type': 't',
  detail,
}

const cases: [matches: boolean, pattern: object][] = [
  [true, { source: ['other', 'test'] }],
  [false, { source: ['TEST'] }],
  [true, { source: [{ 'equals-ignore-case': 'TEST' }], detail: { count: [5] } }],
  [false, { detail: { count: ['5'] } }],
  [true, { detail: { flag: [true], nothing: [null] } }],
  [true, { detail: { state: [{ prefix: 'RUN' }] } }],
  [true, { detail: { state: [{ prefix: { 'equals-ignore-case': 'run' } }] } }],
  [true, { detail: { state: [{ suffix: 'ING' }] } }],
  [false, { detail: { state: [{ suffix: 'ED' }] } }],
  [true, { detail: { names: ['beta'] } }],
  [false, { detail: { names: ['gamma'] } }],
  [true, { detail: { count: [{ numeric: ['>', 0, '<=', 5] }] } }],
  [false, { detail: { count: [{ numeric: ['<', 5] }] } }],
  [true, { detail: { ratio: [{ numeric: ['=', 0.5] }] } }],
  [true, { detail: { gone: [{ exists: false }], state: [{ exists: true }] } }],
  [true, { detail: { none: [{ exists: false }], nothing: [{ exists: true }] } }],
  [false, { detail: { gone: [{ exists: true }] } }],
  [true, { detail: { state: [{ 'anything-but': ['STOPPED', 'PENDING'] }] } }],
  [false, { detail: { state: [{ 'anything-but': 'RUNNING' }] } }],
  [false, { detail: { gone: [{ 'anything-but': 'RUNNING' }] } }],
  [false, { detail: { state: [{ 'anything-but': { prefix: 'RUN' } }] } }],
  [true, { detail: { state: [{ 'anything-but': { wildcard: ['S*', 'P*'] } }] } }],
  [true, { detail: { inner: { path: [{ wildcard: '/a/*.txt' }] } } }],
  [true, { detail: { inner: { path: [{ wildcard: '*b\\*c*' }] } } }],
  [false, { detail: { inner: { path: [{ wildcard: '/a/*/c.txt' }] } } }],
  [true, { detail: { containers: { name: ['side'], exitCode: [{ 'anything-but': 0 }] } } }],
  // One container must match as a whole.
  [false, { detail: { containers: { name: ['app'], exitCode: [{ 'anything-but': 0 }] } } }],
  [true, { $or: [{ source: ['nope'] }, { detail: { state: ['RUNNING'] } }] }],
  [false, { $or: [{ source: ['nope'] }, { detail: { state: ['STOPPED'] } }] }],
]

test('event patterns match as EventBridge documents it', async (t) => {
  const { clientOf } = await openTestEngine(t)
  const events = clientOf(EventBridge)
  for (const [matches, pattern] of cases) {
    const { Result } = await events.testEventPattern({
      EventPattern: JSON.stringify(pattern),
      Event: JSON.stringify(event),
    })
    assert.equal(Result, matches, JSON.stringify(pattern))
  }
})

test('invalid patterns, and operators that this engine lacks, are rejected', async (t) => {
  const { clientOf } = await openTestEngine(t)
  const events = clientOf(EventBridge)
  const broken = [
    '{',
    '[]',
    '{}',
    '{"source": "test"}',
    '{"source": []}',
    '{"detail": {}}',
    '{"source": [{"cidr": "10.0.0.0/8"}]}',
    '{"source": [{"prefix": "a", "suffix": "b"}]}',
    '{"source": [{"prefix": ""}]}',
    '{"source": [{"exists": "yes"}]}',
    '{"source": [{"numeric": ["~", 1]}]}',
    '{"source": [{"wildcard": "a**b"}]}',
    '{"source": [{"anything-but": [true]}]}',
    '{"$or": [{"source": ["a"]}]}',
  ]
  for (const EventPattern of broken) {
    await assert.rejects(
      events.putRule({ Name: 'r', EventPattern }),
      { name: 'InvalidEventPatternException' },
      EventPattern,
    )
    await assert.rejects(
      events.testEventPattern({ EventPattern, Event: JSON.stringify(event) }),
      { name: 'InvalidEventPatternException' },
      EventPattern,
    )
  }
})

// The fields of plans and comparisons have the words of the console; a field without a word of its own has its
// members in words.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changedValueText, changeLabel } from '../../packages/console/src/plans/change-label.ts'

test('a field of a plan has the label of its form field or a word of its own', () => {
  const labels = {
    '/taskDefinition': 'Task definition',
    '/desiredCount': 'Desired count',
    '/status': 'Status',
    '/web:1/status': 'Status of web:1',
    '/tags/owner': 'Tag owner',
    '/tags/a~1b': 'Tag a/b',
    '/images/web/digest': 'Digest of web',
    '/containers/web': 'Container web',
    '/containers/web/image': 'Image of web',
    '/containers/web/command': 'Command of web',
    '/containers/web/workingDirectory': 'Working directory of web',
    '/containers/web/environment/LEVEL': 'Variable LEVEL of web',
    '/containers/web/secrets/PASSWORD': 'Secret PASSWORD of web',
    '/containers/web/logConfiguration/options/awslogs-group': 'Log option awslogs-group of web',
    '/containers/web/healthCheck/interval': 'Health check interval of web',
    '/deploymentConfiguration/deploymentCircuitBreaker': 'Circuit breaker',
    '/deploymentConfiguration/deploymentCircuitBreaker/enable': 'Circuit breaker',
    '/deploymentConfiguration/maximumPercent': 'Maximum percent',
    '/networkConfiguration/awsvpcConfiguration/subnets': 'Subnets',
    '/definition/cpu': 'CPU',
    '/definition/memory': 'Memory',
    '/definition/taskRoleArn': 'Task role',
    '/definition/runtimePlatform/cpuArchitecture': 'CPU architecture',
    '/definition/ephemeralStorage/sizeInGiB': 'Ephemeral storage, GiB',
    '/definition/volumes': 'Volumes',
    '/deploymentConfiguration/alarms/enable': 'Deployment configuration: alarms: enable',
    '/containers/web/linuxParameters/initProcessEnabled': 'Linux parameters: init process enabled of web',
    '/serviceConnectConfiguration/log.level': 'Service connect configuration: log.level',
  }
  assert.deepEqual(Object.fromEntries(Object.keys(labels).map((path) => [path, changeLabel(path)])), labels)
})

test('a value of a plan is a word, and a text of the resource stays', () => {
  const breaker = '/deploymentConfiguration/deploymentCircuitBreaker'
  assert.equal(changedValueText(breaker, { enable: true, rollback: true }), 'on, rolls back')
  assert.equal(changedValueText(`${breaker}/enable`, false), 'off')
  assert.equal(changedValueText('/status', 'ACTIVE'), 'active')
  assert.equal(changedValueText('/tags/level', 'ENABLED'), 'ENABLED')
  assert.equal(changedValueText('/desiredCount', 3), '3')
  assert.equal(changedValueText('/containers/web/command', ['sleep', '10']), '["sleep","10"]')
  assert.equal(changedValueText('/subnets', ['subnet-1', 'subnet-2']), 'subnet-1, subnet-2')
})

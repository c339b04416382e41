// A deployment that waits at a PAUSE hook, which ECS describes and the embedded engine cannot reach: each command that
// shows its service says that it waits for a person, and what happens without an answer.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startAwsStandIn } from '../../packages/gateway/src/testing/aws-stand-in.ts'
import { startEngineOverTcp } from '../../packages/gateway/src/testing/engine-over-tcp.ts'
import { startTestProgram } from '../../packages/gateway/src/testing/program.ts'
import { cliWithHome, newFolder } from './cli-process.ts'

const aws = await startEngineOverTcp()
const standIn = await startAwsStandIn(aws.account('remote').endpoint ?? '')
const program = await startTestProgram({ accounts: [aws.account('remote', { endpoint: standIn.endpoint })] })
const { url } = await program.listen()
const cli = cliWithHome(newFolder(), {
  ECS_API_URL: url,
  ECS_API_TOKEN: program.token,
  ECS_API_ACCOUNT: 'remote',
  ECS_API_CLUSTER: 'prod',
})

test('list, status, get and watch say that a deployment waits for a person', async () => {
  const { api } = program
  await api.post('/remote/clusters', { name: 'prod' })
  const dockerLabels = { 'ecs-api.simulated.pull-delay': '600' }
  const containerDefinitions = [{ name: 'web', image: 'nginx', dockerLabels }]
  await api.post('/remote/taskdefs', { family: 'slow', containerDefinitions })
  await api.post('/remote/clusters/prod/services', { name: 'gate', taskDefinition: 'slow', count: 1 })
  standIn.responses.set('DescribeServiceDeployments', ({ serviceDeploymentArns }) => {
    const arn = String(serviceDeploymentArns)
    const serviceArn = arn.replace('service-deployment', 'service').replace(/\/[^/]+$/, '')
    const deployment = {
      serviceDeploymentArn: arn,
      serviceArn,
      clusterArn: serviceArn.replace('service', 'cluster').replace(/\/gate$/, ''),
      status: 'IN_PROGRESS',
      createdAt: Date.now() / 1000,
      targetServiceRevision: {
        arn: `${serviceArn.replace('service', 'service-revision')}/1`,
        requestedTaskCount: 1,
        runningTaskCount: 1,
      },
      lifecycleStage: 'POST_SCALE_UP',
      lifecycleHookDetails: [
        {
          hookId: 'approval',
          targetType: 'PAUSE',
          status: 'AWAITING_ACTION',
          expiresAt: Date.UTC(2099, 0, 1, 12) / 1000,
          timeoutAction: 'ROLLBACK',
        },
      ],
    }
    return { body: { serviceDeployments: [deployment] } }
  })
  const next = 'Without an answer ECS rolls back (on|at) (1 Jan 2099|31 Dec 2098) \\d\\d:\\d\\d:00'
  const expected: Record<string, RegExp> = {
    'services list': /^prod\/gate +waiting .*Waiting for you after the scale-up\.$/m,
    status: new RegExp(`^ +prod/gate +waiting +Waiting for you after the scale-up\\.\\n +${next}$`, 'm'),
    'status gate': new RegExp(`^prod/gate +waiting +Waiting for you after the scale-up\\.\\n +${next}$`, 'm'),
    'services get gate': new RegExp(
      `^state +waiting: Waiting for you after the scale-up\\.\\n(.*\\n)*next +${next}$`,
      'm',
    ),
    'deployments get gate': new RegExp(
      `^state +.*Waiting for you after the scale-up\\b.*\\n(.*\\n)*next +${next}$`,
      'm',
    ),
  }
  for (const [command, pattern] of Object.entries(expected)) {
    const { code, stdout, stderr } = await cli(command.split(' '))
    assert.equal(code, 0, stderr)
    assert.match(stdout, pattern)
    const note =
      'Continue: ecs-api deployments continue prod/gate\nOr roll back: ecs-api deployments continue prod/gate --rollback\n'
    if (command.startsWith('status')) assert.equal(stderr.replaceAll(/ {3}/g, '\n'), note)
  }
  const list = await cli(['services', 'list', '--json'])
  assert.equal(JSON.parse(list.stdout).items[0].currentDeployment, undefined)
  const watch = await cli(['watch', 'gate', '--progress', 'plain'], {
    signalAfter: /Waiting for you after the scale-up/,
  })
  assert.match(watch.stderr, /Waiting for you after the scale-up/)
})

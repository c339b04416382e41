import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ExecuteCommandCommand,
  RunTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { awsvpcNetwork } from '../../testing/ecs-steps.ts'
import { openEngineWithExecProcesses, registerExecDefinitions, runExecTask } from '../../testing/exec-processes.ts'
import { connectSession } from '../../testing/session-client.ts'
import { openTestEngine } from '../../testing/test-engine.ts'
import { commandWords } from '../exec/command-words.ts'

test('a response of ExecuteCommand has AWS’s formats', async (t) => {
  const { ecs, taskArn } = await openEngineWithExecProcesses(t)
  const answer = await ecs.send(new ExecuteCommandCommand({ task: taskArn, command: 'cat', interactive: true }))
  assert.deepEqual([answer.containerName, answer.interactive, answer.taskArn], ['app', true, taskArn])
  const { sessionId = '', streamUrl = '', tokenValue = '' } = answer.session ?? {}
  assert.match(sessionId, /^ecs-execute-command-[a-z0-9]{26}$/)
  assert.match(
    streamUrl,
    new RegExp(`/v1/data-channel/${sessionId}\\?role=publish_subscribe&cell-number=AAEA[A-Za-z0-9+/=]+$`),
  )
  assert.match(tokenValue, /^AAEA[A-Za-z0-9+/=]{1000,}$/)
})

test('invalid requests for commands are rejected with ECS’s messages', async (t) => {
  const { ecs, taskArn, execute } = await openEngineWithExecProcesses(t)
  const run = (input: object) =>
    ecs.send(new ExecuteCommandCommand({ task: taskArn, command: 'sh', interactive: true, ...input }))
  const invalid = (message: string | RegExp) => ({ name: 'InvalidParameterException', message })
  await assert.rejects(run({ task: '0'.repeat(32) }), invalid('The referenced task was not found.'))
  await assert.rejects(run({ task: 'short' }), invalid('task length should be one of [32,36]'))
  await assert.rejects(run({ interactive: false }), invalid(/only mode supported/))
  await assert.rejects(run({ container: 'db' }), invalid(/db was not found/))
  await assert.rejects(execute('sh -c "open'), invalid(/open quote/))
  const roleless = { taskDefinition: 'roleless', launchType: 'FARGATE' as const, networkConfiguration: awsvpcNetwork }
  const notEnabled =
    /^The execute command failed because execute command was not enabled when the task was run or the execute command agent isn’t running\./
  await assert.rejects(run({ task: await runExecTask(ecs, { enableExecuteCommand: false }) }), invalid(notEnabled))
  await assert.rejects(
    ecs.send(new RunTaskCommand({ ...roleless, enableExecuteCommand: true })),
    invalid(
      'The execute command failed because a valid task role is not being used. Specify a valid task role in your task definition or as a task override and try again.',
    ),
  )
  const overrides = { taskRoleArn: 'arn:aws:iam::111122223333:role/app' }
  await ecs.send(new RunTaskCommand({ ...roleless, enableExecuteCommand: true, overrides }))
})

test('a task has at most 20 sessions, including those without a client yet', async (t) => {
  const { execute } = await openEngineWithExecProcesses(t)
  const sessions = await Promise.all(Array.from({ length: 20 }, () => execute('cat')))
  const tooMany = { name: 'ClientException', message: /the maximum session limit of 20 has been reached/ }
  await assert.rejects(execute('cat'), tooMany)
  const client = connectSession(sessions[0]!, { isReady: true })
  client.typeText('here\n')
  await client.waitForOutput('here\n')
  await assert.rejects(execute('cat'), tooMany)
})

test('the number of a task’s sessions is an option of the engine', async (t) => {
  const { execute } = await openEngineWithExecProcesses(t, { sessionsPerTask: 2 })
  await Promise.all([execute('cat'), execute('cat')])
  await assert.rejects(execute('cat'), /the maximum session limit of 2 has been reached/)
})

test('the exec agent of a container starts and stops with it', async (t) => {
  const { ecs, taskArn, kill } = await openEngineWithExecProcesses(t)
  const agent = async () =>
    (await ecs.send(new DescribeTasksCommand({ tasks: [taskArn] }))).tasks![0]!.containers![0]!.managedAgents![0]!
  const { lastStartedAt, ...running } = await agent()
  assert.deepEqual(
    [running, lastStartedAt instanceof Date],
    [{ name: 'ExecuteCommandAgent', lastStatus: 'RUNNING' }, true],
  )
  kill()
  while ((await agent()).lastStatus === 'RUNNING');
  assert.equal((await agent()).lastStatus, 'STOPPED')
  const plain = await ecs.send(
    new DescribeTasksCommand({ tasks: [await runExecTask(ecs, { enableExecuteCommand: false })] }),
  )
  assert.equal(plain.tasks![0]!.containers![0]!.managedAgents, undefined)
})

test('simulated containers reject ExecuteCommand, and the task’s attributes name the reason', async (t) => {
  const { aws, ecs } = await openTestEngine(t, { pace: 'instant' })
  await aws.listen()
  await registerExecDefinitions(ecs)
  const task = await runExecTask(ecs, { enableExecuteCommand: true })
  await assert.rejects(
    ecs.send(new ExecuteCommandCommand({ task, command: 'sh', interactive: true })),
    /the execute command agent isn’t running/,
  )
  const described = (await ecs.send(new DescribeTasksCommand({ tasks: [task] }))).tasks![0]!
  assert.deepEqual(described.containers![0]!.managedAgents, [
    { name: 'ExecuteCommandAgent', lastStatus: 'STOPPED', reason: 'Simulated containers run no commands.' },
  ])
  assert.equal(
    described.attributes!.find(({ name }) => name === 'ecs-api.without-effect')?.value,
    'enableExecuteCommand',
  )
})

test('where the runtime runs commands, a task’s attributes do not list enableExecuteCommand as without effect', async (t) => {
  const { ecs, taskArn } = await openEngineWithExecProcesses(t)
  const { attributes = [] } = (await ecs.send(new DescribeTasksCommand({ tasks: [taskArn] }))).tasks![0]!
  assert.equal(
    attributes.find(({ name }) => name === 'ecs-api.without-effect'),
    undefined,
  )
})

test('a command line is split as a shell does it', () => {
  assert.deepEqual(commandWords(` /bin/sh -c 'echo "a  b"' "x\\"y" a\\ b '' `), [
    '/bin/sh',
    '-c',
    'echo "a  b"',
    'x"y',
    'a b',
    '',
  ])
  assert.equal(commandWords(`a 'b`), undefined)
  assert.deepEqual(commandWords('a \\\n b "c\\\nd"'), ['a', 'b', 'cd'])
})

test('a service with ECS Exec needs a task role, and no event says that enableExecuteCommand has no effect', async (t) => {
  const { ecs } = await openEngineWithExecProcesses(t)
  const exec = {
    launchType: 'FARGATE' as const,
    networkConfiguration: awsvpcNetwork,
    desiredCount: 0,
    enableExecuteCommand: true,
  }
  const rejection = (done: string) => ({
    name: 'InvalidParameterException',
    message: `The service couldn't be ${done} because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.`,
  })
  await assert.rejects(
    ecs.send(new CreateServiceCommand({ ...exec, serviceName: 'a', taskDefinition: 'roleless' })),
    rejection('created'),
  )
  await ecs.send(
    new CreateServiceCommand({ ...exec, serviceName: 'a', taskDefinition: 'roleless', enableExecuteCommand: false }),
  )
  await assert.rejects(
    ecs.send(new UpdateServiceCommand({ service: 'a', enableExecuteCommand: true })),
    rejection('updated'),
  )
  await ecs.send(new CreateServiceCommand({ ...exec, serviceName: 'b', taskDefinition: 'app' }))
  await assert.rejects(
    ecs.send(new UpdateServiceCommand({ service: 'b', taskDefinition: 'roleless' })),
    rejection('updated'),
  )
  const { services } = await ecs.send(new DescribeServicesCommand({ services: ['b'] }))
  assert.ok(!services![0]!.events!.some(({ message }) => message?.includes('enableExecuteCommand')))
})

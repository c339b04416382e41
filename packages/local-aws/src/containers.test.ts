import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ContainerDefinition, type ECSClient, RunTaskCommand, StopTaskCommand } from '@aws-sdk/client-ecs'
import { cannotRun, image, openedWithContainers } from './testing/containers.ts'
import { idOf, network, workbench } from './testing/services.ts'

const skip = cannotRun

/** A web server that says this. */
const webServer = (text: string, port = 80): Partial<ContainerDefinition> => ({
  image,
  command: ['sh', '-c', `mkdir /www; echo ${text} > /www/index.html; exec httpd -f -p ${port} -h /www`],
  portMappings: [{ containerPort: port }],
  stopTimeout: 2,
})
const shell = (script: string, more: Partial<ContainerDefinition> = {}): Partial<ContainerDefinition> => ({
  image,
  command: ['sh', '-c', script],
  stopTimeout: 2,
  ...more,
})

async function runner(ecs: ECSClient) {
  const bench = await workbench(ecs)
  return {
    ...bench,
    run: async (family: string, ...containers: Partial<ContainerDefinition>[]) => {
      const taskDefinition = await bench.register(family, ...containers)
      const { tasks } = await ecs.send(new RunTaskCommand({ taskDefinition, launchType: 'FARGATE', networkConfiguration: network }))
      return tasks![0]!.taskArn
    },
  }
}

const addressOf = (task: { attachments?: { details?: { name?: string; value?: string }[] }[] }) =>
  task.attachments?.[0]?.details?.find(({ name }) => name === 'privateIPv4Address')?.value ?? ''

test('a web server answers at its task’s address and its published port, and is gone when it was stopped', { skip }, async (t) => {
  const { ecs, aws } = await openedWithContainers(t)
  const { run, task } = await runner(ecs)
  const arn = await run('web', webServer('hello'))
  const running = await task(arn, ({ lastStatus }) => lastStatus === 'RUNNING' || lastStatus === 'STOPPED')
  assert.equal(running.stoppedReason, undefined)
  assert.equal(running.attributes?.find(({ name }) => name === 'ecs-api.runtime')?.value, aws.runtime.name)
  assert.match(running.containers?.[0]?.imageDigest ?? '', /^sha256:[0-9a-f]{64}$/)
  const [binding] = running.containers?.[0]?.networkBindings ?? []
  assert.equal(binding?.containerPort, 80)
  for (const url of [`http://${addressOf(running)}/`, `http://127.0.0.1:${binding?.hostPort}/`]) assert.equal(await answerOf(url), 'hello\n')

  await ecs.send(new StopTaskCommand({ task: idOf(running), reason: 'enough' }))
  const stopped = await task(arn, ({ lastStatus }) => lastStatus === 'STOPPED')
  assert.deepEqual([stopped.stopCode, stopped.stoppedReason], ['UserInitiated', 'enough'])
  await assert.rejects(fetch(`http://127.0.0.1:${binding?.hostPort}/`))
})

test('containers of a task are one host to each other; a job’s exit codes are told', { skip }, async (t) => {
  const { ecs } = await openedWithContainers(t)
  const { run, task } = await runner(ecs)
  const arn = await run(
    'job',
    shell('until wget -qO- http://127.0.0.1:8080/; do sleep 0.1; done; exit 3', { dependsOn: [{ containerName: 'app1', condition: 'START' }] }),
    { ...webServer('side', 8080), essential: false },
  )
  const ended = await task(arn, ({ lastStatus }) => lastStatus === 'STOPPED')
  assert.deepEqual([ended.stopCode, ended.stoppedReason], ['EssentialContainerExited', 'Essential container in task exited'])
  assert.equal(ended.containers?.[0]?.exitCode, 3)
  assert.ok([137, 143].includes(ended.containers?.[1]?.exitCode ?? 0))
})

/** A server may not listen yet when its container runs. */
async function answerOf(url: string): Promise<string> {
  const deadline = Date.now() + 10_000
  for (;;) {
    try {
      return await (await fetch(url)).text()
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
  }
}

import assert from 'node:assert/strict'
import { type IncomingMessage, request } from 'node:http'
import { type TestContext, test } from 'node:test'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { openEndpointWithTasks, taskDns } from '../../testing/endpoint-with-tasks.ts'

const number = '111122223333'
const role = `arn:aws:iam::${number}:role/app`

test('a container reads its own metadata and its task’s, and no other task’s', async (t) => {
  const { tasks, get, environmentOf } = await openEndpointWithTwoTasks(t)
  const [one, other] = tasks
  const metadata = new URL(environmentOf(one!, 'app').ECS_CONTAINER_METADATA_URI_V4!).pathname

  const container = await get('127.0.0.11', metadata)
  assert.deepEqual([container.body.Name, container.body.Type, container.body.KnownStatus], ['app', 'NORMAL', 'RUNNING'])
  const { taskArn } = one!
  const { Cluster: __, DockerId, Networks, CreatedAt, StartedAt, ImageID, ContainerARN, ...rest } = container.body
  assert.deepEqual(rest, {
    Name: 'app',
    DockerName: 'app',
    Image: 'app',
    Labels: {
      'com.amazonaws.ecs.cluster': one!.clusterArn,
      'com.amazonaws.ecs.container-name': 'app',
      'com.amazonaws.ecs.task-arn': taskArn,
      'com.amazonaws.ecs.task-definition-family': 'app',
      'com.amazonaws.ecs.task-definition-version': '1',
    },
    DesiredStatus: 'RUNNING',
    KnownStatus: 'RUNNING',
    Limits: { CPU: 10, Memory: 128 },
    Type: 'NORMAL',
    LogDriver: 'awslogs',
    LogOptions: {
      'awslogs-group': 'g',
      'awslogs-region': 'us-east-1',
      'awslogs-stream': `p/app/${taskArn!.slice(-32)}`,
      mode: 'non-blocking',
    },
    Snapshotter: 'overlayfs',
  })
  for (const known of [DockerId, CreatedAt, StartedAt, ImageID, ContainerARN]) assert.equal(typeof known, 'string')
  const { DomainNameServers, DomainNameSearchList, SubnetGatewayIpv4Address } = Networks[0]
  assert.deepEqual(
    [DomainNameServers, DomainNameSearchList, SubnetGatewayIpv4Address],
    [taskDns.servers, taskDns.search, taskDns.gateway],
  )
  assert.equal(container.body.Labels['com.amazonaws.ecs.task-arn'], one!.taskArn)
  assert.match(container.body.Networks[0].IPv4Addresses[0], /^10\./)

  const task = await get('127.0.0.11', `${metadata}/task`)
  assert.deepEqual(
    [task.body.TaskARN, task.body.Family, task.body.Revision, task.body.Limits],
    [one!.taskArn, 'app', '1', { CPU: 0.25, Memory: 512 }],
  )
  assert.deepEqual([task.body.Group, task.body.FaultInjectionEnabled], ['family:app', false])
  assert.match(
    `${task.body.AvailabilityZone} ${task.body.AvailabilityZoneID}`,
    /^us-east-1(a use1-az1|b use1-az2|c use1-az3)$/,
  )
  const side = task.body.Containers[1]
  assert.deepEqual(
    [side.Limits, side.KnownStatus, side.ExitCode],
    [{ CPU: 2 }, 'STOPPED', 0],
    'the side container has ended',
  )
  for (const time of ['CreatedAt', 'StartedAt', 'FinishedAt']) assert.match(side[time], /^\d{4}-\d\d-\d\dT/, time)
  assert.deepEqual(
    task.body.Containers.map((each: { Name: string }) => each.Name),
    ['app', 'side'],
  )
  assert.equal('TaskTags' in task.body, false)
  assert.deepEqual((await get('127.0.0.11', `${metadata}/taskWithTags`)).body.TaskTags, { team: 'web' })
  assert.equal((await get('127.0.0.11', `${metadata}/stats`)).body, null)
  assert.equal(Object.keys((await get('127.0.0.11', `${metadata}/task/stats`)).body).length, 2)

  assert.equal((await get('127.0.0.12', metadata)).status, 404)
  assert.equal((await get('127.0.0.13', metadata)).status, 404)
  assert.equal(
    (await get('127.0.0.12', new URL(environmentOf(other!, 'app').ECS_CONTAINER_METADATA_URI_V4!).pathname)).status,
    200,
  )
})

test('the task role’s credentials work, and another task cannot read them', async (t) => {
  const { tasks, get, environmentOf, awsUrl } = await openEndpointWithTwoTasks(t)
  const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: path, AWS_REGION: region } = environmentOf(tasks[0]!, 'app')
  const { status, body } = await get('127.0.0.11', path!)
  assert.deepEqual([status, body.RoleArn], [200, role])
  assert.match(body.Expiration, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  assert.deepEqual((await get('127.0.0.11', path!)).body, body, 'the same until they are close to expiry')
  for (const odd of ['//', '//[', '/v4/%']) assert.equal((await get('127.0.0.11', odd)).status, 404, odd)
  assert.equal((await get('127.0.0.12', path!)).status, 404)

  const credentials = { accessKeyId: body.AccessKeyId, secretAccessKey: body.SecretAccessKey, sessionToken: body.Token }
  const sts = new STSClient({ region: region!, endpoint: awsUrl, credentials })
  t.after(() => sts.destroy())
  const { Arn } = await sts.send(new GetCallerIdentityCommand({}))
  assert.equal(Arn, `arn:aws:sts::${number}:assumed-role/app/${tasks[0]!.taskArn!.slice(-32)}`)
})

/** An engine with two running tasks, whose requests come from 127.0.0.11 and 127.0.0.12. */
async function openEndpointWithTwoTasks(t: TestContext) {
  const { port, close, ...parts } = await openEndpointWithTasks(['127.0.0.11', '127.0.0.12'], (error) =>
    assert.fail(String(error)),
  )
  t.after(close)
  const get = async (from: string, path: string) => {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request({ host: '127.0.0.1', port, localAddress: from, path }, resolve).on('error', reject).end()
    })
    // biome-ignore lint/suspicious/noExplicitAny: a test asserts the body of a response, field by field
    return { status: response.statusCode, body: JSON.parse((await response.toArray()).join('')) as any }
  }
  return { ...parts, get }
}

// For comparison: DescribeServices of the AWS SDK on an engine in the same process, as in the gateway. Prints a URL.
// GET /?seconds=3 calls it for 3 s and returns the calls per second.
import { createServer } from 'node:http'
import { ECS } from '@aws-sdk/client-ecs'
import { LocalAws } from '@ecs-api/local-aws'

const engine = new LocalAws({ data: ':memory:', accounts: [{ name: 'bench', number: '000000000001' }] })
await engine.open()
const credentials = { accessKeyId: '000000000001', secretAccessKey: 'bench' }
const ecs = new ECS({ region: 'us-east-1', credentials, requestHandler: engine.requestHandler('000000000001') })
const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-00000001'] } }
await ecs.createCluster({ clusterName: 'bench' })
await ecs.registerTaskDefinition({
  family: 'web',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  containerDefinitions: [{ name: 'web', image: 'nginx', portMappings: [{ containerPort: 80 }] }],
})
await ecs.createService({
  cluster: 'bench',
  serviceName: 'www',
  taskDefinition: 'web',
  desiredCount: 1,
  launchType: 'FARGATE',
  networkConfiguration,
})

async function callsPerSecond(seconds: number): Promise<number> {
  const started = performance.now()
  const end = started + seconds * 1000
  let calls = 0
  const callUntilEnd = async (): Promise<void> => {
    while (performance.now() < end) {
      await ecs.describeServices({ cluster: 'bench', services: ['www'], include: ['TAGS'] })
      calls++
    }
  }
  await Promise.all(Array.from({ length: 64 }, callUntilEnd))
  return calls / ((performance.now() - started) / 1000)
}

const server = createServer(async (request, response) => {
  const seconds = Number(new URL(request.url ?? '/', 'http://localhost').searchParams.get('seconds') ?? 3)
  response.end(JSON.stringify(await callsPerSecond(seconds)))
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`)
})
process.on('SIGTERM', () => process.exit(0))

// The AWS SDK's DescribeServices against an AWS over TCP, each call on its own. Usage: sdk-over-tcp.ts ENDPOINT. Prints
// a URL; GET /?calls=200&atOnce=1 returns milliseconds.
import { createServer } from 'node:http'
import { ECS } from '@aws-sdk/client-ecs'

const endpoint = process.argv[2]!
const ecs = new ECS({
  region: 'us-east-1',
  endpoint,
  credentials: { accessKeyId: '000000000001', secretAccessKey: 'bench' },
})

async function msFor(calls: number, atOnce: number): Promise<number> {
  const started = performance.now()
  let left = calls
  const one = async (): Promise<void> => {
    while (left-- > 0) await ecs.describeServices({ cluster: 'bench', services: ['s-0'], include: ['TAGS'] })
  }
  await Promise.all(Array.from({ length: atOnce }, one))
  return performance.now() - started
}

const server = createServer(async (request, response) => {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost')
  response.end(JSON.stringify(await msFor(Number(searchParams.get('calls')), Number(searchParams.get('atOnce')))))
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`)
})
process.on('SIGTERM', () => process.exit(0))

// For comparison: DescribeServices of the AWS SDK against an engine over TCP. Usage: sdk-over-tcp.ts ENDPOINT. Prints a
// URL. GET /?calls=200&atOnce=1 makes 200 calls, one at a time, and returns the milliseconds for all.
import { createServer } from 'node:http'
import { ECS } from '@aws-sdk/client-ecs'

const endpoint = process.argv[2]!
const ecs = new ECS({
  region: 'us-east-1',
  endpoint,
  credentials: { accessKeyId: '000000000001', secretAccessKey: 'bench' },
})

async function callsDurationMs(calls: number, atOnce: number): Promise<number> {
  const started = performance.now()
  let remainingCalls = calls
  const sendCalls = async (): Promise<void> => {
    while (remainingCalls-- > 0) await ecs.describeServices({ cluster: 'bench', services: ['s-0'], include: ['TAGS'] })
  }
  await Promise.all(Array.from({ length: atOnce }, sendCalls))
  return performance.now() - started
}

const server = createServer(async (request, response) => {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost')
  response.end(
    JSON.stringify(await callsDurationMs(Number(searchParams.get('calls')), Number(searchParams.get('atOnce')))),
  )
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`)
})
process.on('SIGTERM', () => process.exit(0))

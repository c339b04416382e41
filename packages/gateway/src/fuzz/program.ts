/** Starts the gateway as a separate process that receives generated requests, one after another. */
import { randomBytes } from 'node:crypto'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { newFolder, startGatewayProcess } from '../testing/process.ts'
import type { FuzzRequest, OpenApi } from './requests.ts'
import { type EventLoopTurn, eventLoopTurnsOf, withUsageReport } from './resource-usage.ts'
import type { FuzzAnswer } from './run.ts'

export interface FuzzedProgram {
  openapi: OpenApi
  send: (request: FuzzRequest) => Promise<FuzzAnswer>
  /** Returns the longest turns of the program's event loop since it began to listen. */
  eventLoopTurns: () => Promise<EventLoopTurn[]>
  close: () => Promise<void>
}

export async function startFuzzedProgram(): Promise<FuzzedProgram> {
  const token = randomBytes(32).toString('hex')
  const { folder, remove } = await newFolder()
  const socket = join(folder, 'usage.sock')
  const { node, env } = withUsageReport(socket)
  const service = await startGatewayProcess({
    folder,
    node,
    env: {
      ...env,
      ECS_API_TOKEN: token,
      ECS_API_ACCOUNTS_LOCAL_MODE: 'local',
      ECS_API_ACCOUNTS_LOCAL_RUNTIME: 'simulated',
      ECS_API_ACCOUNTS_LOCAL_PACE: 'instant',
      ECS_API_ACCOUNTS_LOCAL_LISTEN: '127.0.0.1:0',
      ECS_API_LOG_LEVEL: 'error',
      ECS_API_RATE_LIMIT_REQUESTS: '1000000',
      ECS_API_RATE_LIMIT_SECONDS: '1',
      ECS_API_LIMITS_STREAMS_PER_TOKEN: '10000',
      ECS_API_LIMITS_CHANGES_PER_TOKEN: '10000',
      ECS_API_LIMITS_PUBLIC_REQUESTS: '1000000',
      ECS_API_LIMITS_FAILED_LOGINS: '1000000',
    },
  })
  const openapi = (await (await fetch(`${service.url}/openapi.json`)).json()) as OpenApi
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const startedAt = Date.now()
  return {
    openapi,
    eventLoopTurns: async () => (await eventLoopTurnsOf(socket)).filter(({ endedAt }) => endedAt > startedAt),
    close: async () => {
      agent.destroy()
      service.child.kill('SIGTERM')
      await service.exit
      await remove()
      for (const line of service.output().stdout.split('\n')) if (line.includes('"level":"error"')) console.error(line)
    },
    send: ({ method, url, headers, payload }) =>
      new Promise((resolve, reject) => {
        const allHeaders = { authorization: `Bearer ${token}`, ...headers }
        const clientRequest = request(service.url + url, { agent, method, headers: allHeaders }, async (answer) => {
          const isStream = String(answer.headers['content-type']).startsWith('text/event-stream')
          let text = ''
          // A stream has no end, so only its first event is read.
          for await (const chunk of answer.setEncoding('utf8')) {
            text += chunk
            if (isStream && /^data: .*\n\n/m.test(text)) break
          }
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers as FuzzAnswer['headers'], text })
        })
        clientRequest.on('error', reject).end(payload)
      }),
  }
}

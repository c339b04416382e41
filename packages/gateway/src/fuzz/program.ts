/** A program in memory that generated requests are sent to. */

import { compose } from '../compose.ts'
import { localNumber } from '../config/account-number.ts'
import { usualLimits } from '../config/limits.ts'
import type { FuzzRequest, OpenApi } from './requests.ts'
import type { FuzzAnswer } from './run.ts'

export interface FuzzedProgram {
  openapi: OpenApi
  send: (request: FuzzRequest) => Promise<FuzzAnswer>
  close: () => Promise<void>
}

export async function fuzzedProgram(): Promise<FuzzedProgram> {
  const token = 'fuzz'
  const program = await compose(
    {
      listen: { host: '127.0.0.1', port: 0 },
      reusePort: false,
      data: ':memory:',
      logLevel: 'info',
      metricsListen: undefined,
      viewsMiB: 16,
      accounts: [{ mode: 'local', name: 'local', number: localNumber('local'), region: 'us-east-1', defaults: {} }],
      token,
      store: { url: undefined, key: undefined },
      oidc: undefined,
      http: {
        rateLimit: { requests: 1_000_000, seconds: 1 },
        limits: { ...usualLimits, streamsPerToken: 10_000, changesPerToken: 10_000, publicRequests: 1_000_000, failedLogins: 1_000_000 },
        cors: undefined,
        tls: undefined,
        trustProxy: [],
      },
      auditDays: 400,
      historyDays: 30,
      engine: { pace: 'instant', consistencyDelayMs: 0, runtime: 'simulated', atClose: 'stop' },
      engineListen: [],
    },
    { adminToken: token, onAnswered: () => {}, onAudited: () => {}, onBug: (error) => console.error(error), onNotice: () => {} },
  )
  const openapi = (await program.app.inject({ url: '/openapi.json' })).json<OpenApi>()
  return {
    openapi,
    close: () => program.close(),
    send: async ({ method, url, headers, payload }) => {
      const answer = await program.app.inject({
        method: method as 'GET',
        url,
        headers: { authorization: `Bearer ${token}`, ...headers },
        ...(payload !== undefined && { payload }),
        payloadAsStream: true,
      })
      const isStream = String(answer.headers['content-type']).startsWith('text/event-stream')
      let text = ''
      // Of a stream, which has no end, the first event.
      for await (const chunk of answer.stream().setEncoding('utf8')) {
        text += chunk
        if (isStream && /^data: .*\n\n/m.test(text)) break
      }
      return { status: answer.statusCode, headers: answer.headers as FuzzAnswer['headers'], text }
    },
  }
}

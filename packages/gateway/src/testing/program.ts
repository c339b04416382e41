/** A running program for tests: one for each test file, in memory; each test takes an account or a cluster of its own. */
import { randomBytes } from 'node:crypto'
import { after } from 'node:test'
import type { FinishedCall } from '../aws/corridor.ts'
import { compose } from '../compose.ts'
import { localNumber } from '../config/account-number.ts'
import type { AwsSettings, EngineSettings, LocalSettings, Settings } from '../config/settings.ts'
import type { RequestLine } from '../http/server-parts.ts'

interface Answered {
  status: number
  headers: Record<string, string | undefined>
  text: string
  /** The JSON value of the answer; tests look into it freely. */
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts what is in an answer, field by field
  body: any
}

interface Request {
  body?: unknown
  headers?: Record<string, string>
}

interface TestApi {
  /** `path` is below `/v1/ecs` when it does not begin with it: `api.get('/local/clusters')`. */
  get: (path: string, request?: Request) => Promise<Answered>
  head: (path: string, request?: Request) => Promise<Answered>
  post: (path: string, body?: unknown, request?: Request) => Promise<Answered>
  put: (path: string, body?: unknown, request?: Request) => Promise<Answered>
  patch: (path: string, body?: unknown, request?: Request) => Promise<Answered>
  delete: (path: string, request?: Request) => Promise<Answered>
}

export interface TestProgram {
  api: TestApi
  token: string
  /** The name of a new, empty account. */
  newAccount: (defaults?: LocalSettings['defaults']) => Promise<string>
  /** All calls to AWS so far. */
  calls: FinishedCall[]
  /** Reads its configuration again: `local` and these are its accounts now. */
  withAccounts: (accounts: AwsSettings[]) => Promise<void>
  /** Its address, from now on: for what needs a connection. */
  listen: () => Promise<string>
  /** Ends it before the file's tests end. */
  close: () => Promise<void>
  /** The log lines of all requests so far. */
  lines: RequestLine[]
}

/** Starts a program and ends it after the file's tests. A bug (500) in any answer fails the file. */
export async function testProgram(engine: Partial<EngineSettings> = {}, accounts: AwsSettings[] = []): Promise<TestProgram> {
  const token = randomBytes(16).toString('hex')
  const lines: RequestLine[] = []
  const calls: FinishedCall[] = []
  const bugs: unknown[] = []
  const settings: Settings = {
    listen: { host: '127.0.0.1', port: 0 },
    data: ':memory:',
    viewsMiB: 16,
    accounts: [localAccount('local'), ...accounts],
    token,
    engine: { pace: 'instant', consistencyDelayMs: 0, runtime: 'simulated', atClose: 'stop', ...engine },
    engineListen: [],
  }
  const program = await compose(settings, {
    adminToken: token,
    onAnswered: (line) => lines.push(line),
    onBug: (error) => bugs.push(error),
    onNotice: () => {},
    onAwsCall: (call) => calls.push(call),
  })
  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= program.close()
    return closed
  }
  after(async () => {
    await close()
    if (bugs.length > 0) throw new AggregateError(bugs, 'the program had bugs')
  })

  const send = async (
    method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    { body, headers }: Request = {},
  ): Promise<Answered> => {
    const url = /^\/(v1|docs|openapi|healthz|readyz|$)/.test(path) ? path : `/v1/ecs${path}`
    const answer = await program.app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const isJson = /json/.test(String(answer.headers['content-type']))
    return {
      status: answer.statusCode,
      headers: answer.headers as Answered['headers'],
      text: answer.body,
      body: isJson && answer.body ? answer.json() : undefined,
    }
  }
  let count = 0
  return {
    token,
    lines,
    calls,
    listen: async () => (await program.listen()).url,
    close,
    api: {
      get: (path, request) => send('GET', path, request),
      head: (path, request) => send('HEAD', path, request),
      post: (path, body, request) => send('POST', path, { ...request, body }),
      put: (path, body, request) => send('PUT', path, { ...request, body }),
      patch: (path, body, request) => send('PATCH', path, { ...request, body }),
      delete: (path, request) => send('DELETE', path, request),
    },
    withAccounts: async (wanted) => {
      await program.reconfigure({ ...settings, accounts: [localAccount('local'), ...wanted] })
    },
    newAccount: async (defaults = {}) => {
      const name = `test-${++count}`
      settings.accounts.push(localAccount(name, defaults))
      await program.reconfigure(settings)
      return name
    },
  }
}

function localAccount(name: string, defaults: LocalSettings['defaults'] = {}): LocalSettings {
  return { mode: 'local', name, number: localNumber(name), region: 'us-east-1', defaults }
}

/**
 * A running gateway for tests, with its state in memory. A test file starts one, and each of its tests uses another
 * account or cluster.
 */
import { randomBytes } from 'node:crypto'
import { after } from 'node:test'
import type { FinishedCall } from '../aws/calls/pipeline.ts'
import { compose, type Program } from '../compose.ts'
import { localAccountNumber } from '../config/account-number.ts'
import type { AwsSettings, EngineSettings, LocalSettings, Settings } from '../config/settings.ts'
import { currentRequestId } from '../http/aws-calls.ts'
import type { RequestLine } from '../http/request-line.ts'
import { unlimitedHttp } from './test-server.ts'

interface TestResponse {
  status: number
  headers: Record<string, string | undefined>
  text: string
  /** The JSON value of the response; tests read any field. */
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts the body of a response, field by field
  body: any
}

interface Request {
  body?: unknown
  headers?: Record<string, string>
}

/** A client of the API with the administrator's token. */
interface TestApi {
  /**
   * A path gets the prefix `/v1/ecs`, as in `api.get('/local/clusters')`, unless it begins with `/v1` or is outside of
   * the API (`/docs`, `/session`, `/metrics` …).
   */
  get: (path: string, request?: Request) => Promise<TestResponse>
  head: (path: string, request?: Request) => Promise<TestResponse>
  post: (path: string, body?: unknown, request?: Request) => Promise<TestResponse>
  put: (path: string, body?: unknown, request?: Request) => Promise<TestResponse>
  patch: (path: string, body?: unknown, request?: Request) => Promise<TestResponse>
  delete: (path: string, request?: Request) => Promise<TestResponse>
}

export interface TestProgram {
  /** The Fastify instance, for requests that `api` cannot send. */
  app: Program['app']
  /** Opens its addresses, for tests that need a connection. */
  listen: Program['listen']
  api: TestApi
  /** The administrator's token, which `api` sends. */
  token: string
  /** Creates a new, empty account and returns its name. */
  newAccount: (settings?: Pick<Partial<LocalSettings>, 'defaults' | 'guardrails' | 'exec'>) => Promise<string>
  /** Replaces the guardrails of the account; undefined removes them. */
  setGuardrails: (account: string, guardrails: LocalSettings['guardrails']) => Promise<void>
  /** Creates a token and returns its value. */
  newToken: (token: {
    name: string
    role: 'viewer' | 'operator' | 'admin'
    permissions?: 'exec'[]
    accounts?: string[]
    clusters?: string[]
    taskDefinitions?: string[]
    expiresAt?: string
  }) => Promise<string>
  /**
   * All finished calls to AWS so far. Those that no request has made, such as of an open stream, have no `requestId`.
   */
  awsCalls: (FinishedCall & { requestId: string | undefined })[]
  /** Reloads the configuration with `local` and these accounts. */
  replaceAccounts: (accounts: AwsSettings[]) => Promise<void>
  /** Closes the program before the file's tests end. */
  close: () => Promise<void>
  /** The log lines of all requests so far. */
  requestLines: RequestLine[]
  /** All audit entries so far. */
  auditEntries: object[]
  /** All notices to the operator so far, apart from requests. */
  notices: string[]
}

/** The settings of a test's program that differ from the usual ones of tests. */
export interface TestSettings extends Partial<Omit<Settings, 'engine' | 'accounts'>> {
  /** The members of the embedded engine's settings that differ; its tasks change their states at once by default. */
  engine?: Partial<EngineSettings>
  /** The members that differ in the settings of `local`: every program has this account, on the embedded engine. */
  local?: Partial<LocalSettings>
  /** The accounts besides `local`. */
  accounts?: AwsSettings[]
}

/** Starts a program and closes it after the file's tests. A bug (500) in any response fails the file. */
export async function startTestProgram({
  engine = {},
  local = {},
  accounts = [],
  token = randomBytes(16).toString('hex'),
  ...otherSettings
}: TestSettings = {}): Promise<TestProgram> {
  const requestLines: RequestLine[] = []
  const auditEntries: object[] = []
  const notices: string[] = []
  const awsCalls: TestProgram['awsCalls'] = []
  const bugs: unknown[] = []
  const settings: Settings = {
    listen: { host: '127.0.0.1', port: 0 },
    reusePort: false,
    data: ':memory:',
    cacheMiB: 16,
    accounts: [{ ...localAccount('local'), ...local }, ...accounts],
    token,
    store: { url: undefined, key: undefined },
    oidc: undefined,
    http: unlimitedHttp,
    auditDays: 400,
    historyDays: 30,
    logLevel: 'info',
    metricsListen: undefined,
    engine: { pace: 'instant', consistencyDelayMs: 0, runtime: 'simulated', atClose: 'stop', ...engine },
    engineListen: [],
    ...otherSettings,
  }
  const program = await compose(settings, {
    adminToken: token,
    onAnswered: (line) => requestLines.push(line),
    onAudited: (entry) => auditEntries.push(entry),
    onBug: (error) => bugs.push(error),
    onNotice: (text) => notices.push(text),
    onAwsCall: (call) => awsCalls.push({ ...call, requestId: currentRequestId() }),
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
  ): Promise<TestResponse> => {
    const url = /^\/(v1|docs|openapi|healthz|readyz|metrics|session|favicon\.ico|$)/.test(path)
      ? path
      : `/v1/ecs${path}`
    const answer = await program.app.inject({
      method,
      url,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const isJson = /[/+]json\b/.test(String(answer.headers['content-type']))
    return {
      status: answer.statusCode,
      headers: answer.headers as TestResponse['headers'],
      text: answer.body,
      body: isJson && answer.body ? answer.json() : undefined,
    }
  }
  let count = 0
  return {
    app: program.app,
    listen: program.listen,
    token,
    requestLines,
    auditEntries,
    notices,
    awsCalls,
    close,
    api: {
      get: (path, request) => send('GET', path, request),
      head: (path, request) => send('HEAD', path, request),
      post: (path, body, request) => send('POST', path, { ...request, body }),
      put: (path, body, request) => send('PUT', path, { ...request, body }),
      patch: (path, body, request) => send('PATCH', path, { ...request, body }),
      delete: (path, request) => send('DELETE', path, request),
    },
    newToken: async (wanted) => {
      const made = await send('POST', '/tokens', { body: wanted })
      if (made.status !== 201) throw new Error(made.text)
      return made.body.token
    },
    replaceAccounts: async (wanted) => {
      await program.reconfigure({ ...settings, accounts: [{ ...localAccount('local'), ...local }, ...wanted] })
    },
    setGuardrails: async (account, guardrails) => {
      settings.accounts = settings.accounts.map((each) => {
        if (each.name !== account) return each
        const { guardrails: _, ...others } = each
        return { ...others, ...(guardrails && { guardrails }) }
      })
      await program.reconfigure(settings)
    },
    newAccount: async (more = {}) => {
      const name = `test-${++count}`
      settings.accounts.push({ ...localAccount(name), ...more })
      await program.reconfigure(settings)
      return name
    },
  }
}

function localAccount(name: string): LocalSettings {
  return { mode: 'local', name, number: localAccountNumber(name), region: 'us-east-1', defaults: {} }
}

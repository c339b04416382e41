/** The one place where the parts are put together; nothing else constructs a shared part. */
import type { FastifyInstance } from 'fastify'
import { adminOnly } from './access/tokens.ts'
import { accountRoutes } from './accounts/routes.ts'
import type { Account } from './aws/account.ts'
import { Accounts } from './aws/accounts.ts'
import type { Surroundings as Corridor, FinishedCall } from './aws/corridor.ts'
import { openAwsAccount, openLocalAccount } from './aws/open-account.ts'
import { clusterRoutes } from './clusters/routes.ts'
import type { AwsSettings, LocalSettings, Settings } from './config/settings.ts'
import { embeddedEngine } from './engine.ts'
import { askingNow, countAwsCall } from './http/aws-calls.ts'
import { basicRoutes } from './http/basics.ts'
import { docsRoutes } from './http/docs.ts'
import { createServer } from './http/server.ts'
import type { RequestLine } from './http/server-parts.ts'
import { serviceHistoryRoutes } from './services/history-routes.ts'
import { serviceRoutes } from './services/routes.ts'
import { withExamples } from './shapes/json-schema.ts'
import { taskDefinitionRoutes } from './task-definitions/routes.ts'
import { taskRoutes } from './tasks/routes.ts'
import { Views } from './views/views.ts'

export interface Surroundings {
  adminToken: string
  onAnswered: (line: RequestLine) => void
  /** Told of faults of this program's own; without a request id where none is concerned. */
  onBug: (error: unknown, requestId?: string) => void
  /** Told of what a person should know, beside requests. */
  onNotice: (text: string) => void
  /** Told of every finished call to AWS, those outside of requests too. */
  onAwsCall?: (call: FinishedCall) => void
}

/** A composed program that is not listening yet. */
export interface Program {
  app: FastifyInstance
  /** @returns where it listens, and what else is worth a line at the start */
  listen: () => Promise<{ url: string; notes: string[] }>
  /** Takes accounts as they are in other settings; whatever else differs needs a restart. */
  reconfigure: (settings: Settings) => Promise<void>
  /** Ends waits early, finishes what is being answered, closes everything. */
  close: () => Promise<void>
}

export async function compose(settings: Settings, { adminToken, onAnswered, onBug, onNotice, onAwsCall }: Surroundings): Promise<Program> {
  const engine = embeddedEngine(settings, { onFault: (error) => onBug(error), onNotice })
  const onCall = (call: FinishedCall) => {
    countAwsCall(call.ms)
    onAwsCall?.(call)
  }
  const corridor: Corridor = { onCall, asking: askingNow }
  const openLocal = async (local: LocalSettings) => {
    const { requestHandler, subnets, runtime } = await engine.reach(local.number)
    return openLocalAccount({ ...local, defaults: { subnets, ...local.defaults }, runtime, requestHandler }, corridor)
  }
  const accounts = new Accounts<AwsSettings | LocalSettings>(async (each) =>
    each.mode === 'local' ? openLocal(each) : openAwsAccount(each, corridor),
  )
  await accounts.replace(settings.accounts)
  const views = new Views({ maxBytes: settings.viewsMiB * 2 ** 20 })

  const { app, api, site, routes, drain } = createServer<Account>({
    findAccount: (name) => accounts.find(name),
    accountNames: () => accounts.names(),
    authenticate: adminOnly(adminToken),
    onAnswered,
    onBug,
  })
  basicRoutes(api, site, async () => (await engine.runtime())?.name)
  docsRoutes(site, routes, async () => withExamples((await import('./shapes/examples.ts')).resourceExamples))
  accountRoutes(api, accounts)
  clusterRoutes(api, views)
  taskDefinitionRoutes(api)
  taskRoutes(api, views)
  serviceRoutes(api, views)
  serviceHistoryRoutes(api, views)

  return {
    app,
    listen: async () => {
      const { host, port } = settings.listen
      const endpoints = await engine.listen()
      const runtime = await engine.runtime()
      const notes = [...endpoints.map((url) => `local AWS endpoint: ${url}`), ...(runtime ? [runtime.told] : [])]
      return { url: await app.listen({ host, port }), notes }
    },
    reconfigure: async (next) => {
      await engine.takeAccounts(next.accounts)
      await accounts.replace(next.accounts)
    },
    close: async () => {
      drain()
      await app.close()
      await accounts.replace([])
      await engine.close()
    },
  }
}

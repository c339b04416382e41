/** `ecs-api serve --workers N`: this process holds the data folder and the engine; workers on its port do the rest. */
import { createServer } from 'node:net'
import { createSecureContext } from 'node:tls'
import type { Source } from '../config/read.ts'
import type { Address, Settings } from '../config/settings.ts'
import { type EmbeddedEngine, embeddedEngine } from '../engine.ts'
import { listenForMetrics } from '../http/metrics.ts'
import { readAgain } from '../reading-again.ts'
import { started, tokenFrom } from '../starting.ts'
import { drained, drainMs, told } from '../stopping.ts'
import { forgetAllProcesses, forgetProcess, Processes } from '../store/processes.ts'
import { openStore, type Store } from '../store/store.ts'
import { type Log, openLog } from '../telemetry/log.ts'
import { Crew } from './crew.ts'
import type { AccountAnswer, Question } from './messages.ts'
import { WholeMetrics } from './whole-metrics.ts'

/** What is the parent's, for all workers. */
interface Held {
  store: Store
  engine: EmbeddedEngine
  endpoints: string[]
  listen: Address
  /** No process on another machine was there before. */
  isAlone: boolean
}

/** @returns the process's exit code, once it has been told to stop */
export async function serveWithWorkers(settings: Settings, source: Source): Promise<number> {
  const log = openLog(settings.logLevel)
  const token = await started(() => tokenFrom(settings))
  const held = token && (await started(() => hold(settings, log)))
  if (!held) return 1
  const { store, engine, endpoints, listen, isAlone } = held
  let current: Settings = { ...settings, listen }
  // Not before the first line of output, which is the URL.
  const shown = Promise.withResolvers<void>()
  // The store is not closed before.
  const forgotten = new Set<Promise<void>>()
  const metrics: WholeMetrics = new WholeMetrics(settings.workers, () => crew.serving)
  const crew: Crew = new Crew({
    count: settings.workers,
    serve: ({ number, process, isFirst }) => ({
      do: 'serve',
      worker: number,
      process,
      settings: current,
      adminToken: token.adminToken,
      isNew: !(isFirst && isAlone),
    }),
    answer: (question, gone) => (question.about === 'metrics' ? metrics.text() : answerOf(engine, question, gone)),
    onLines: (lines) => void shown.promise.then(() => log.pass(lines)),
    onBegan: ({ number, pid }) => void shown.promise.then(() => log.info('a worker serves', { worker: number, pid })),
    onEnded: ({ number, pid, process: name }, { code, signal }, reason) => {
      metrics.ended({ number, process: name })
      const forgetting: Promise<void> = forgetProcess(store, name)
        .catch(log.bug)
        .finally(() => forgotten.delete(forgetting))
      forgotten.add(forgetting)
      void shown.promise.then(() => log.info('a worker ended', { worker: number, pid, code, signal, ...(reason !== undefined && { reason }) }))
    },
  })
  let metricsListener: Awaited<ReturnType<typeof listenForMetrics>> | undefined
  const close = async () => {
    await crew.stop()
    metricsListener?.close()
    await Promise.all(forgotten)
    await engine.close()
    await store.close()
  }
  const url = await started(async () => {
    metricsListener = settings.metricsListen && (await listenForMetrics(settings.metricsListen, () => metrics.text()))
    return crew.start()
  })
  if (url === undefined) {
    crew.kill()
    await close()
    return 1
  }
  const runtime = await engine.runtime()
  const notes = [
    ...endpoints.map((endpoint) => `local AWS endpoint: ${endpoint}`),
    ...(runtime ? [runtime.told] : []),
    ...(metricsListener ? [`metrics: ${metricsListener.url}`] : []),
  ]
  console.log([url, ...notes, token.where].join('\n'))
  shown.resolve()

  const take = async (next: Settings) => {
    const taken = takenFrom(current, next)
    // What one worker would refuse is refused before any has taken it.
    if (taken.http.tls) createSecureContext(taken.http.tls)
    await engine.takeAccounts(taken.accounts)
    current = taken
    const [refused] = await crew.reconfigure({ do: 'reconfigure', settings: taken })
    if (refused !== undefined) throw new Error(refused)
  }
  process.on('SIGHUP', () => void readAgain(source, settings, take, log))
  const end = await Promise.race([told('SIGTERM', 'SIGINT'), crew.broken.catch((error: Error) => error)])
  if (end instanceof Error) console.error(`ecs-api ends: ${end.message}`)
  log.info('stopping', end instanceof Error ? { reason: end.message } : { signal: end })
  const inTime = await drained(close())
  if (!inTime) {
    crew.kill()
    log.warn('some requests were cut off', { drainMs })
  }
  await log.flush()
  // What was cut off may hold the event loop.
  process.exit(inTime && !(end instanceof Error) ? 0 : 1)
}

async function hold(settings: Settings, log: Log): Promise<Held> {
  const onNotice = (text: string) => log.warn(text)
  const store = await openStore({ ...settings.store, data: settings.data }, { onNotice })
  const engine = embeddedEngine(settings, { onFault: (error) => log.bug(error), onNotice })
  try {
    // On PostgreSQL others may be at work.
    if (store.kind === 'sqlite') await forgetAllProcesses(store)
    for (const account of settings.accounts) if (account.mode === 'local') await engine.reach(account.number)
    const processes = new Processes(store, log.bug)
    await processes.look()
    const isAlone = processes.others.length === 0
    return { store, engine, endpoints: await engine.listen(), listen: await lasting(settings.listen), isAlone }
  } catch (error) {
    await engine.close()
    await store.close()
    throw error
  }
}

/** The port that all workers are to have, those that come later too. @throws Error when somebody else has it: workers share it, and would not find out */
async function lasting({ host, port }: Address): Promise<Address> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen({ host, port }, () => {
      const address = server.address()
      server.close(() => resolve({ host, port: typeof address === 'object' && address ? address.port : port }))
    })
  })
}

async function answerOf(engine: EmbeddedEngine, question: Exclude<Question, { about: 'metrics' }>, gone: AbortSignal): Promise<unknown> {
  if (question.about === 'call') return engine.answer(question.account, { ...question.call, gone })
  const { subnets, runtime } = await engine.reach(question.account)
  return { subnets, runtime } satisfies AccountAnswer
}

/** What counts without a restart; for the rest a worker that comes later must be as those before it. */
function takenFrom(running: Settings, { accounts, guardrails, http }: Settings): Settings {
  const { guardrails: _, ...rest } = running
  const tls = running.http.tls && (http.tls ?? running.http.tls)
  return { ...rest, ...(guardrails && { guardrails }), accounts, http: { ...running.http, tls } }
}

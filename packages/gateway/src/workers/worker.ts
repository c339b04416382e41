/** A worker: the gateway, on a store and an engine that its parent holds. It ends with the parent. */
import { carrierOn, composeOn, type Program } from '../compose.ts'
import { drained, drainMs } from '../stopping.ts'
import { joinStore } from '../store/store.ts'
import { type Log, openLog } from '../telemetry/log.ts'
import { type Metrics, openMetrics } from '../telemetry/metrics.ts'
import { tracesWanted } from '../telemetry/traces-wanted.ts'
import { FarEngine } from './far-engine.ts'
import { type Order, parentVariable, type Report, type Serve } from './messages.ts'
import { Questions } from './questions.ts'
import { RelayedCarrier } from './relayed-carrier.ts'
import { shareOf } from './share.ts'

/**
 * Where the system shares a port out among those who listen on it, a worker's connections are its own from the first byte, and break off when it
 * is killed. Those that node:cluster hands over are lost in silence when the worker is killed on the way: their clients wait for ever.
 */
const sharesPort = process.platform === 'linux'

interface Running {
  program: Program
  log: Log
  metrics: Metrics
}

/** @returns never: the process ends when it is told to */
export async function work(): Promise<number> {
  const parent = new Questions((id, question) => tell({ say: 'ask', id, question }))
  const relayed = new RelayedCarrier(tell)
  let running: Promise<Running> | undefined
  const orderly = (order: Order) => {
    switch (order.do) {
      case 'serve':
        running = begin(order, parent, relayed)
        return
      case 'reconfigure':
        // The settings that it is to serve with will be these.
        if (!running) return tell({ say: 'reconfigured', refused: undefined })
        void running.then(async ({ program }) => {
          const refused = await program.reconfigure(shareOf(order.settings)).then(() => undefined, wordsOf)
          tell({ say: 'reconfigured', refused })
        })
        return
      case 'stop':
        return stop()
      case 'count':
        void running?.then(async ({ metrics, log }) => {
          const figures = await metrics.figures().catch((error: unknown) => void log.bug(error))
          tell({ say: 'counted', id: order.id, figures: figures ?? undefined })
        })
        return
      case 'hear':
        return parent.hear(order)
      case 'receive':
      case 'miss':
        return relayed.take(order)
    }
  }
  const stop = () => void (running ? running.then(end) : process.exit(0))
  process.on('message', orderly)
  endWithParent()
  // A terminal sends these to the whole group; for a worker the parent's word counts.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})
  process.once('SIGTERM', stop)
  tell({ say: 'here' })
  return new Promise(() => {})
}

/**
 * Without its parent a worker has no engine and nobody to end it, whatever it is at. The parent may be gone before the worker looks.
 */
function endWithParent(): void {
  const parent = Number(process.env[parentVariable])
  const end = () => process.kill(process.pid, 'SIGKILL')
  // Before node:cluster's own exit, which waits for ever where nobody reads what the log still has to say.
  process.prependOnceListener('disconnect', end)
  setInterval(() => (process.connected && process.ppid === parent) || end(), 1_000).unref()
}

async function begin({ worker, process: name, settings, adminToken, isNew }: Serve, parent: Questions, relayed: RelayedCarrier): Promise<Running> {
  const log = openLog(settings.logLevel, worker)
  const onNotice = (text: string) => log.warn(text)
  try {
    const metrics = openMetrics()
    const store = await joinStore({ ...settings.store, data: settings.data }, name, { onNotice, onQuery: metrics.storeAsked })
    const carrier = carrierOn(store, settings, onNotice) ?? relayed
    const tracing = tracesWanted(process.env) ? (await import('../telemetry/tracing.ts')).openTracing(process.env, onNotice) : undefined
    const surroundings = { adminToken, onAnswered: log.answered, onAudited: log.audited, onBug: log.bug, onNotice, tracing }
    // Whoever is asked for them answers for all.
    const wholeMetrics = { ...metrics, text: () => parent.ask<string>({ about: 'metrics' }) }
    const ground = { store, metrics: wholeMetrics, engine: new FarEngine(parent).ground, carrier, isNew, sharesPort }
    const program = await composeOn(ground, shareOf(settings), surroundings)
    const { url } = await program.listen()
    tell({ say: 'ready', url })
    return { program, log, metrics }
  } catch (error) {
    await log.flush()
    tell({ say: 'failed', reason: wordsOf(error) }, () => process.exit(1))
    return new Promise(() => {})
  }
}

async function end({ program, log }: Running): Promise<void> {
  const inTime = await drained(program.close())
  if (!inTime) log.warn('some requests were cut off', { drainMs })
  await log.flush()
  process.exit(inTime ? 0 : 1)
}

function tell(report: Report, sent: () => void = () => {}): void {
  if (process.connected) process.send?.(report, sent)
  else sent()
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

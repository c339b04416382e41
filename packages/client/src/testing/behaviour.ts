/**
 * Checks of the client that run in Node and in browsers. The gateway is behind tests/fault-proxy.ts. A request to
 * `/faults/NAME` makes the next request fail, or waits until the failure happens.
 */
import { type AccountClient, type Cluster, createClient, isProblem, responseMeta, type Transport } from '../index.ts'

export interface TestGateway {
  url: string
  token: string
  /** The beginning of cluster names, so that several runs can share one gateway. */
  prefix: string
  transport?: Transport
}

function equal(actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== b) throw new Error(`${a} is not ${b}`)
}

async function rejects(promise: Promise<unknown>, matches: (error: unknown) => boolean): Promise<void> {
  const error = await promise.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  )
  if (!matches(error)) throw error
}

const clientOf = ({ url, token, transport }: TestGateway) =>
  createClient({ url, token, ...(transport && { fetch: transport }) }).account('local')

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

const numberOf = ({ tags }: Cluster) => Number(tags.n ?? 0)

/** The tag `n` of a cluster, from the stream of the cluster. */
async function* watchedNumbers(ecs: AccountClient, cluster: string, onBreak: () => void): AsyncGenerator<number> {
  for await (const event of ecs.clusters.watch(cluster, { onBreak }))
    if (event.type !== 'problem') yield numberOf(event.resource)
}

/** The tag `n` of a cluster, from the stream of all changes. */
async function* changedNumbers(ecs: AccountClient, cluster: string, onBreak: () => void): AsyncGenerator<number> {
  for await (const event of ecs.changes({ clusters: cluster, onBreak })) {
    if (event.type === 'problem') continue
    for (const item of event.type === 'state' ? event.items : [event.item])
      if (item.kind === 'cluster') yield numberOf(item.resource)
  }
}

export const checks: Readonly<Record<string, (gateway: TestGateway) => Promise<void>>> = {
  'a service is deployed, changed, watched and deleted': async (gateway) => {
    const ecs = clientOf(gateway)
    const cluster = `${gateway.prefix}-services`
    await ecs.clusters.create({ name: cluster })
    await ecs.taskDefinitions.create({ family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx:1.29' }] })
    const creation = await ecs.services.create(cluster, { name: 'www', taskDefinition: 'web', count: 1 })
    equal((await creation.stable())?.status, 'SUCCESSFUL')
    const update = await ecs.services.update(creation.service, { containers: { web: { image: 'nginx:1.30' } } })
    const sentences: string[] = []
    for await (const { sentence } of update.progress()) sentences.push(sentence)
    equal(sentences.at(-1)?.startsWith('Deployed'), true)
    equal((await ecs.services.page({ cluster })).items.length, 1)
    for await (const event of ecs.services.watch(`${cluster}/www`)) {
      equal(event.type, 'state')
      break
    }
    equal((await ecs.services.remove(`${cluster}/www`, { force: true, wait: 'INACTIVE' })).outcome, 'reached')
  },

  'a connection cut in the middle of a change makes one change': async (gateway) => {
    const ecs = clientOf(gateway)
    const family = `${gateway.prefix}-cut`
    await fetch(`${gateway.url}/faults/cut-after-the-change`, { method: 'POST' })
    const made = await ecs.taskDefinitions.create({ family, containerDefinitions: [{ name: 'a', image: 'b' }] })
    equal([made.name, responseMeta(made)?.replayed], [`${family}:1`, true])
    equal((await ecs.taskDefinitions.page({ family })).items.length, 1)
  },

  'a stream that is cut goes on: each change once, in order': async (gateway) => {
    const ecs = clientOf(gateway)
    const cluster = `${gateway.prefix}-stream`
    await ecs.clusters.create({ name: cluster })
    const seen: string[] = []
    let breaks = 0
    const onBreak = () => {
      breaks++
    }
    for await (const event of ecs.clusters.watch(cluster, { onBreak })) {
      if (event.type === 'problem') continue
      const n = Number(event.resource.tags.n ?? 0)
      seen.push(`${event.type} ${n}`)
      if (n === 6) break
      if (n % 2 === 1) await fetch(`${gateway.url}/faults/cut-streams`, { method: 'POST' })
      await ecs.clusters.update(cluster, { tags: { n: String(n + 1) } })
    }
    equal(seen, ['state 0', 'change 1', 'change 2', 'change 3', 'change 4', 'change 5', 'change 6'])
    equal(breaks >= 3, true)
  },

  'a gateway killed in a stream: no change is lost or repeated': async (gateway) => {
    const ecs = clientOf(gateway)
    for (const stream of ['watch', 'changes']) {
      const cluster = `${gateway.prefix}-killed-${stream}`
      const setNumber = (n: number) => ecs.clusters.update(cluster, { tags: { n: String(n) } })
      await ecs.clusters.create({ name: cluster })
      const seen: number[] = []
      let breaks = 0
      const onBreak = () => {
        breaks++
      }
      const numbers = stream === 'watch' ? watchedNumbers(ecs, cluster, onBreak) : changedNumbers(ecs, cluster, onBreak)
      for await (const n of numbers) {
        seen.push(n)
        if (n === 5) break
        if (n === 2) await fetch(`${gateway.url}/faults/restart-gateway`, { method: 'POST' })
        // After the restart, the change is made before the stream is open again.
        await setNumber(n + 1)
      }
      equal(seen, [0, 1, 2, 3, 4, 5])
      equal(breaks > 0, true)
    }
  },

  'an abort ends a call and a stream with its reason, and leaves no connection': async (gateway) => {
    const ecs = clientOf(gateway)
    const reason = new Error('enough')
    const isReason = (error: unknown) => error === reason
    await rejects(ecs.clusters.get('x', { signal: AbortSignal.abort(reason) }), isReason)
    const cluster = `${gateway.prefix}-abort`
    for (const name of [cluster, `${cluster}-2`]) await ecs.clusters.create({ name })
    await ecs.taskDefinitions.create({ family: 'abort', containerDefinitions: [{ name: 'a', image: 'b' }] })
    const rollout = await ecs.services.create(cluster, { name: 'www', taskDefinition: 'abort', count: 1 })
    // A gateway without this address lacks every call, so the client then asks for its version.
    const elsewhere = clientOf({ ...gateway, url: `${gateway.url}/elsewhere` })
    for (const [fault, aborted] of [
      ['hold-request', (signal: AbortSignal) => ecs.clusters.get('x', { signal })],
      ['hold-request', (signal: AbortSignal) => ecs.clusters.watch('x', { signal }).next()],
      ['hold-request', (signal: AbortSignal) => ecs.changes({ signal }).next()],
      [
        'hold-request',
        (signal: AbortSignal) =>
          ecs.services.logs(rollout.service, { follow: true, signal })[Symbol.asyncIterator]().next(),
      ],
      ['hold-request', (signal: AbortSignal) => rollout.stable({ signal })],
      ['hold-request', (signal: AbortSignal) => rollout.progress({ signal }).next()],
      ['hold-second-request', (signal: AbortSignal) => allOf(ecs.clusters.list({ limit: 1, signal }))],
      ['hold-second-request', (signal: AbortSignal) => elsewhere.clusters.get('x', { signal })],
      ['hold-second-request', (signal: AbortSignal) => elsewhere.changes({ signal }).next()],
    ] as const) {
      await fetch(`${gateway.url}/faults/${fault}`, { method: 'POST' })
      const aborting = new AbortController()
      const pending = rejects(aborted(aborting.signal), isReason)
      await fetch(`${gateway.url}/faults/request-held`)
      aborting.abort(reason)
      await pending
      await fetch(`${gateway.url}/faults/client-disconnected`)
    }
  },

  'an abort ends a call and a stream that wait for the token': async ({ url, transport }) => {
    const reason = new Error('enough')
    for (const aborted of ['get', 'watch', 'changes']) {
      const asked = Promise.withResolvers<void>()
      const token = () => {
        asked.resolve()
        return new Promise<string>(() => {})
      }
      const ecs = createClient({ url, token, ...(transport && { fetch: transport }) }).account('local')
      const aborting = new AbortController()
      const { signal } = aborting
      const pending = rejects(
        aborted === 'get'
          ? ecs.clusters.get('x', { signal })
          : (aborted === 'watch' ? ecs.clusters.watch('x', { signal }) : ecs.changes({ signal })).next(),
        (error) => error === reason,
      )
      await asked.promise
      aborting.abort(reason)
      await pending
    }
  },

  'a problem has its code and its places': async (gateway) => {
    const ecs = clientOf(gateway)
    await rejects(ecs.clusters.get('none'), (error) => isProblem(error, 'ClusterNotFound') && error.status === 404)
    await rejects(
      ecs.taskDefinitions.create({ family: 'a b', containerDefinitions: [{ name: 'c d', image: 'e', cpu: -1 }] }),
      (error) => isProblem(error, 'InvalidBody') && error.errors.length > 1,
    )
  },
}

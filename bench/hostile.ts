/** How each attack of a hostile client, which has a token, affects other clients of a gateway with default limits. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Figure } from './figures.ts'
import { type Gateway, makeService, startGateway, tokenHeaders } from './gateway.ts'
import { type EventStream, openStream } from './open-stream.ts'
import { startProgram } from './process.ts'

const attackSeconds = Number(process.env.ATTACK_SECONDS ?? 60)
const otherStreamCount = 20
/** How often another client reads during an attack. */
const readsPerSecond = 20

export async function hostileBench(): Promise<Figure[]> {
  // The default rate limit (config/read.ts).
  const gateway = await startGateway({ ECS_API_RATE_LIMIT_REQUESTS: '20000', ECS_API_RATE_LIMIT_SECONDS: '10' })
  try {
    return await measureAttacks(gateway)
  } finally {
    await gateway.stop()
  }
}

async function measureAttacks(gateway: Gateway): Promise<Figure[]> {
  await makeService(gateway)
  await gateway.call('PUT', '/local/clusters/mine', {})
  const figures: Figure[] = []
  const noAttack = undefined
  figures.push(...figuresOf('nobody attacks', await measureDuring(gateway, noAttack)))
  for (const [name, script, role] of [
    ['rejected writes with long paths by a fenced viewer', 'rejected-writes', 'viewer'],
    ['9,900 unknown fields once a second by a fenced operator', 'unknown-fields', 'operator'],
    ['as many streams as a fenced viewer gets', 'many-streams', 'viewer'],
  ] as const) {
    const { token } = (await gateway.call('POST', '/tokens', { name: script, role, clusters: ['mine'] })) as {
      token: string
    }
    figures.push(...figuresOf(name, await measureDuring(gateway, { script, token })))
  }
  return figures
}

interface Measurements {
  /** The response times of the other client's reads. */
  readsMs: number[]
  /** The growth of the audit log. */
  auditBytes: number
  /** The streams of another token that were opened before the attack and are still open. */
  stillOpen: number
  /** The streams that another token requested during the attack and got. */
  accepted: number
}

async function measureDuring(
  gateway: Gateway,
  attack: { script: string; token: string } | undefined,
): Promise<Measurements> {
  const openStreams = () =>
    Promise.all(Array.from({ length: otherStreamCount }, () => openStream(gateway.url, tokenHeaders)))
  const streams = await openStreams()
  const script = attack && fileURLToPath(new URL(`./attacks/${attack.script}.ts`, import.meta.url))
  const auditBytesBefore = auditBytes(gateway)
  const attacker = attack && script ? await startProgram(script, [gateway.url, attack.token]) : undefined
  const readsMs = await readsFor(gateway)
  const streamsDuringAttack = await openStreams()
  const auditGrowthBytes = auditBytes(gateway) - auditBytesBefore
  const isStreaming = ({ isOpen }: EventStream) => isOpen()
  const counts = {
    stillOpen: streams.filter(isStreaming).length,
    accepted: streamsDuringAttack.filter(isStreaming).length,
  }
  if (attacker && !attacker.child.kill('SIGKILL')) throw new Error(`the attack ${attack?.script} has ended by itself`)
  for (const stream of [...streams, ...streamsDuringAttack]) stream.close()
  return { readsMs, auditBytes: auditGrowthBytes, ...counts }
}

/** Response times of another client's reads. */
async function readsFor(gateway: Gateway): Promise<number[]> {
  const ms: number[] = []
  for (const end = performance.now() + attackSeconds * 1000; performance.now() < end; ) {
    const began = performance.now()
    await gateway.call('GET', '/local/clusters/bench/services/www')
    ms.push(performance.now() - began)
    await pause(1000 / readsPerSecond)
  }
  return ms
}

/** The size of the audit log: the bytes of all columns of all entries. */
function auditBytes({ folder }: Gateway): number {
  const db = new DatabaseSync(join(folder, 'ecs-api.db'), { readOnly: true })
  try {
    const columns = db.prepare('SELECT name FROM pragma_table_info(?)').all('audit')
    const lengths = columns.map(({ name }) => `coalesce(length(cast(${name} as blob)), 0)`)
    return Number(db.prepare(`SELECT coalesce(sum(${lengths.join(' + ')}), 0) AS bytes FROM audit`).get()!.bytes)
  } finally {
    db.close()
  }
}

function figuresOf(name: string, { readsMs, auditBytes: bytes, stillOpen, accepted }: Measurements): Figure[] {
  const sorted = readsMs.toSorted((a, b) => a - b)
  const quantile = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!
  const allStreams = { words: `all ${otherStreamCount}`, isMet: (count: number) => count === otherStreamCount }
  return [
    { name: `${name}: another client’s GET, median`, unit: 'ms', values: [quantile(0.5)] },
    { name: '… p99', unit: 'ms', values: [quantile(0.99)], goal: { words: '< 50 ms', isMet: (ms) => ms < 50 } },
    { name: '… longest', unit: 'ms', values: [sorted.at(-1)!] },
    {
      name: '… growth of the audit',
      unit: 'kB a minute',
      values: [((bytes / attackSeconds) * 60) / 1000],
      goal: { words: '< 1 MB', isMet: (kB) => kB < 1000 },
    },
    { name: '… streams of another token that are still open', unit: 'streams', values: [stillOpen], goal: allStreams },
    { name: '… streams of another token that are accepted', unit: 'streams', values: [accepted], goal: allStreams },
  ]
}

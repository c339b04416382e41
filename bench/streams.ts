/** From a change on the engine to the event of it on a thousand streams, polling an AWS over TCP; and what a thousand streams take. */
import { request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { ecsRequest } from './ecs-request.ts'
import type { Figure } from './figures.ts'
import { headers, startGateway } from './gateway.ts'
import { launcher, start } from './process.ts'

const streams = 1000
const changes = Number(process.env.STREAM_CHANGES ?? 20)

export async function streamsBench(): Promise<Figure[]> {
  const engine = await start(launcher, ['local-aws', '--port', '0', '--data', ':memory:', '--runtime', 'simulated', '--throttle', 'aws'])
  const gateway = await startGateway({
    ECS_API_ACCOUNTS_FAR_REGION: 'us-east-1',
    ECS_API_ACCOUNTS_FAR_ENDPOINT: engine.url,
    ECS_API_ACCOUNTS_FAR_CREDENTIALS_ACCESS_KEY_ID: '000000000001',
    ECS_API_ACCOUNTS_FAR_CREDENTIALS_SECRET_ACCESS_KEY: 'bench',
    ECS_API_ACCOUNTS_FAR_DEFAULTS_SUBNETS: 'subnet-0a1b2c3d',
  })
  await gateway.call('POST', '/far/clusters', { name: 'bench' })
  await gateway.call('POST', '/far/taskdefs', { family: 'web', containerDefinitions: [{ name: 'web', image: 'nginx' }] })
  await gateway.call('POST', '/far/clusters/bench/services?wait=STABLE', { name: 'www', taskDefinition: 'web', count: 0 })
  const residentBefore = gateway.residentMiB()

  /** When each stream first told of a marker. */
  const heard = new Map<string, number[]>()
  const opened = Array.from({ length: streams }, () => watch(gateway.url, heard))
  const closers = await Promise.all(opened)
  const resident = gateway.residentMiB() - residentBefore
  const cpuBefore = gateway.cpuSeconds()
  await pause(10_000)
  const atRest = ((gateway.cpuSeconds() - cpuBefore) / 10) * 100

  const delays: number[] = []
  for (let i = 0; i < changes; i++) {
    // At any moment between two looks.
    await pause(Math.random() * 2000)
    const marker = `marker-${i}-`
    const times: number[] = []
    heard.set(marker, times)
    const changed = performance.now()
    await tag(engine.url, marker)
    while (times.length < streams) await pause(5)
    for (const at of times) delays.push(at - changed)
    heard.delete(marker)
  }
  for (const close of closers) close()
  await gateway.stop()
  await engine.stop()
  const sorted = delays.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(sorted.length * share)]!
  return [
    { name: `a change until its event, ${streams} streams, ${changes} changes: median`, unit: 'ms', runs: [at(0.5)] },
    { name: '… p99', unit: 'ms', runs: [at(0.99)], goal: { words: '≤ 2,500 ms', met: (ms) => ms <= 2500 } },
    { name: '… last', unit: 'ms', runs: [sorted.at(-1)!] },
    { name: `memory of ${streams} open streams`, unit: 'MiB', runs: [resident] },
    { name: '… processor time when nothing changes', unit: '% of a core', runs: [atRest] },
  ]
}

/** A change behind the gateway's back. */
async function tag(url: string, marker: string): Promise<void> {
  const resourceArn = 'arn:aws:ecs:us-east-1:000000000001:service/bench/www'
  const { method, path, headers: signed, body } = ecsRequest('TagResource', { resourceArn, tags: [{ key: 'marker', value: marker }] })
  const answer = await fetch(url + path, { method, headers: signed, body })
  if (!answer.ok) throw new Error(await answer.text())
  await answer.text()
}

function watch(url: string, heard: ReadonlyMap<string, number[]>): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const asked = request(
      `${url}/v1/ecs/far/clusters/bench/services/www`,
      { agent: false, headers: { ...headers, accept: 'text/event-stream' } },
      (answer) => {
        if (answer.statusCode !== 200) return reject(new Error(`a stream was answered with ${answer.statusCode}`))
        const told = new Set<string>()
        answer.setEncoding('utf8').on('data', (text: string) => {
          for (const [marker, times] of heard)
            if (!told.has(marker) && text.includes(marker)) {
              told.add(marker)
              times.push(performance.now())
            }
          resolve(() => asked.destroy())
        })
      },
    )
    asked.on('error', reject).end()
  })
}

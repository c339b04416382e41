/** The time until a container's terminal echoes a keystroke: through the gateway, compared with a direct session. */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { Connection } from '../packages/gateway/src/exec/channel/connection.ts'
import {
  ensureTestImage,
  getContainerRuntime,
  noContainers,
  testImage,
} from '../packages/local-aws/src/testing/containers.ts'
import { callAws } from './aws-request.ts'
import { type EchoTerminal, echoTerminalOver } from './echo-terminal.ts'
import { ecsTarget } from './ecs-request.ts'
import { CannotRun, type Figure } from './figures.ts'
import { type Gateway, startGateway } from './gateway.ts'
import type { RunningProgram } from './process.ts'
import { accountNumber, remoteAccount, startEngine } from './remote-account.ts'

const rounds = Number(process.env.ROUNDS ?? 5)
const keystrokeCount = Number(process.env.KEYSTROKES ?? 500)
const cluster = 'bench'
/** A command that prints `ready`, and then every byte that is typed. */
const echoCommand = ['sh', '-c', 'busybox stty raw -echo; echo ready; exec cat']

export interface TerminalSetup {
  engine: RunningProgram
  gateway: Gateway
  /** The id of a task in the cluster `bench` of the account `remote`. */
  task: string
}

/**
 * Runs `work` with an engine on real containers, a gateway whose account `remote` uses it, and a running task.
 * @throws CannotRun where no container runtime responds
 */
export async function withTerminalSetup<T>(work: (setup: TerminalSetup) => Promise<T>): Promise<T> {
  if (noContainers) throw new CannotRun(`No terminals can be opened here: ${noContainers}.`)
  await ensureTestImage()
  const engine = await startEngine({ runtime: getContainerRuntime().address })
  const gateway = await startGateway(remoteAccount(engine.url))
  try {
    return await work({ engine, gateway, task: await startTask(gateway) })
  } finally {
    await gateway.stop()
    await engine.stop()
  }
}

/** @throws CannotRun where no container runtime responds */
export async function terminalBench(): Promise<Figure[]> {
  const [gatewayMs, engineMs]: [number[], number[]] = [[], []]
  await withTerminalSetup(async ({ gateway, engine, task }) => {
    for (let round = 0; round < rounds; round++) {
      const [viaGateway, viaEngine] = await Promise.all([
        openThroughGateway(gateway, task),
        openTerminalOnEngine(engine.url, task),
      ])
      const times = { viaGateway: [] as number[], viaEngine: [] as number[] }
      // Alternately, so that a slow moment of the machine affects both.
      for (let i = 0; i < keystrokeCount; i++) {
        times.viaGateway.push(await measureMs(viaGateway.echoByte))
        times.viaEngine.push(await measureMs(viaEngine.echoByte))
      }
      gatewayMs.push(median(times.viaGateway))
      engineMs.push(median(times.viaEngine))
      viaGateway.close()
      viaEngine.close()
    }
  })
  return [
    {
      name: `echo of a keystroke through the gateway, ${keystrokeCount} keystrokes: p50`,
      unit: 'ms',
      values: gatewayMs,
    },
    { name: '… in a session with the engine itself: p50', unit: 'ms', values: engineMs },
    {
      name: 'what the gateway adds',
      unit: 'ms',
      values: gatewayMs.map((ms, i) => ms - engineMs[i]!),
      goal: { words: '≤ 5 ms', isMet: (ms) => ms <= 5 },
    },
  ]
}

async function startTask(gateway: Gateway): Promise<string> {
  await gateway.call('POST', '/remote/clusters', { name: cluster })
  await gateway.call('POST', '/remote/taskdefs', {
    family: 'shell',
    // The task gets a whole processor, because the time that it waits for a share would be counted as the terminal's.
    cpu: 1024,
    memory: 2048,
    taskRoleArn: `arn:aws:iam::${accountNumber}:role/bench`,
    containerDefinitions: [
      { name: 'app', image: testImage, command: ['sh', '-c', 'trap exit TERM; sleep 86400 & wait'] },
    ],
  })
  const { items } = (await gateway.call('POST', `/remote/clusters/${cluster}/tasks?wait=RUNNING&timeout=60`, {
    taskDefinition: 'shell',
    enableExecuteCommand: true,
  })) as { items: { id: string }[] }
  return items[0]!.id
}

async function openThroughGateway(gateway: Gateway, task: string): Promise<EchoTerminal> {
  const path = `/remote/clusters/${cluster}/tasks/${task}/exec`
  const { url } = (await gateway.call('POST', path, { command: echoCommand })) as { url: string }
  const socket = new WebSocket(gateway.url.replace(/^http/, 'ws') + url, 'ecs-api.exec.v1', {
    perMessageDeflate: false,
  })
  await once(socket, 'open')
  const terminal = echoTerminalOver(
    (bytes) => socket.send(bytes),
    () => socket.close(),
  )
  socket.on('message', (data, isBinary) => isBinary && terminal.onOutput(data as Buffer))
  socket.on('error', (error) => terminal.onEnd(error.message))
  socket.on('close', (code, reason) => terminal.onEnd(`the gateway closed the connection (${code} ${reason})`))
  await terminal.ready
  return terminal
}

export async function openTerminalOnEngine(url: string, task: string): Promise<EchoTerminal> {
  const input = {
    cluster,
    task,
    container: 'app',
    interactive: true,
    command: echoCommand.map((word) => `'${word}'`).join(' '),
  }
  const { session } = await callAws(url, `${ecsTarget}.ExecuteCommand`, input)
  const noKey = () => Promise.reject(new Error('The cluster has no KMS key.'))
  const connection = new Connection(
    {
      address: session as { streamUrl: string; tokenValue: string },
      size: { columns: 80, rows: 24 },
      httpAgents: undefined,
      resume: async () => undefined,
      generateKey: noKey,
    },
    {
      onOutput: (bytes) => terminal.onOutput(bytes),
      onNotice: () => {},
      onPaused: () => {},
      onAcknowledged: () => {},
      onEnd: (end) =>
        terminal.onEnd(end.kind === 'closed' ? `the session was closed ${end.text}` : `${end.kind} by AWS`),
    },
  )
  const terminal = echoTerminalOver(
    (bytes) => connection.write(bytes),
    () => connection.close(),
  )
  connection.open()
  await terminal.ready
  return terminal
}

export async function measureMs(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}

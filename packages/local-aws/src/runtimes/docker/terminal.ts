/** A command with a terminal in a running container, as the agent of ECS Exec runs one: as root, with the agent's environment. */
import { setTimeout as pause } from 'node:timers/promises'
import type Dockerode from 'dockerode'
import { type ExecSession, RuntimeFault } from '../runtime.ts'
import { type Docker, ignoring, isUnreachable, messageOf, orNothing } from './docker-api.ts'
import { hangUpTerminal } from './terminal-processes.ts'

export interface TerminalDeps {
  docker: Docker
  /** The container's name. */
  container: string
  command: readonly string[]
  /** Whether the container's processes are this machine's, and this process may end them. */
  kernelHere: boolean
}

const LOOK_AGAIN_MS = 50
/** How long the end of a session waits for the process of a command that may never have started. */
const HANG_UP_MS = 3_000
const UNREACHABLE = 'The container runtime does not answer.'

export async function terminalIn({ docker, container, command, kernelHere }: TerminalDeps): Promise<ExecSession> {
  const program = command[0] ?? ''
  const { exec, stream, containerId } = await start().catch((error: unknown) => {
    const reason = messageOf(error)
    throw new RuntimeFault(
      isUnreachable(error)
        ? UNREACHABLE
        : notStarted.test(reason)
          ? ptyFault(program, reason)
          : `Unable to start command: ${reason}`,
    )
  })
  // An error ends the output; what is typed after that is lost with it.
  stream.on('error', () => {})

  async function start() {
    const { Id: containerId, Config } = await docker.getContainer(container).inspect()
    const hasLanguage = Config.Env?.some((variable) => variable.startsWith('LANG='))
    const exec = await docker.getContainer(containerId).exec({
      Cmd: [...command],
      // By number: an image need not have a list of users.
      User: '0',
      Env: ['TERM=xterm-256color', ...(hasLanguage ? [] : ['LANG=C.UTF-8'])],
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Tty: true,
    })
    return { exec, containerId, stream: await exec.start({ hijack: true, stdin: true, Tty: true }) }
  }

  const exitCode = () => exitCodeOf(exec)

  // Looked up at once: later the runtime may be gone, and the command not.
  let hasEnded = false
  let giveUpAt = Number.POSITIVE_INFINITY
  const leader = kernelHere
    ? processOf(exec, () => hasEnded || Date.now() > giveUpAt).catch(() => undefined)
    : undefined

  async function hangUp(): Promise<void> {
    giveUpAt = Date.now() + HANG_UP_MS
    const process = await leader
    if (process !== undefined) await hangUpTerminal(process, containerId)
    stream.destroy()
  }

  return {
    input: stream,
    output: outputOf(stream as AsyncIterable<Buffer>, program, () => {
      hasEnded = true
      return exitCode()
    }),
    exitCode: () => exitCode().catch(() => undefined),
    resize: async ({ rows, columns }) => {
      // Podman's 201 is none of the statuses that the client knows here.
      await ignoring(exec.resize({ h: rows, w: columns }), 201)
    },
    hangUp,
  }
}

/** Undefined where the runtime does not know it any more: Podman forgets a command some time after its end (`exit_command_delay`). */
async function exitCodeOf(exec: Dockerode.Exec): Promise<number | undefined> {
  try {
    return (await orNothing(exec.inspect()))?.ExitCode ?? undefined
  } catch (error) {
    // Podman's status for it is 500.
    if (/no such exec session/.test(messageOf(error))) return undefined
    throw error
  }
}

/** The command's process id, which a busy machine may have only seconds after the start; undefined where the command ended before. */
async function processOf(exec: Dockerode.Exec, hasEnded: () => boolean): Promise<number | undefined> {
  for (;;) {
    const { Pid, Running } = await exec.inspect()
    if (Running && Pid > 0) return Pid
    if (hasEnded()) return undefined
    await pause(LOOK_AGAIN_MS)
  }
}

/** Docker and Podman write into the terminal why they could not start a command, each in the words of its OCI runtime. */
const notStarted =
  /exec failed: unable to start container process|OCI runtime (exec failed|attempted to invoke)|OCI permission denied/
const notStartedCodes: readonly (number | undefined)[] = [126, 127]
const MAX_REASON_BYTES = 4096

async function* outputOf(
  stream: AsyncIterable<Buffer>,
  program: string,
  exitCode: () => Promise<number | undefined>,
): AsyncGenerator<Uint8Array> {
  let first: Buffer | undefined = Buffer.alloc(0)
  try {
    for await (const chunk of stream) {
      if (!first) {
        yield chunk
        continue
      }
      first = Buffer.concat([first, chunk])
      if (notStarted.test(first.toString()) && first.byteLength <= MAX_REASON_BYTES) continue
      yield first
      first = undefined
    }
    // Also where a runtime that ends closes its streams as if the commands had ended.
    const code = await exitCode()
    if (first?.byteLength && notStartedCodes.includes(code)) throw new RuntimeFault(ptyFault(program, first.toString()))
  } catch (error) {
    throw isUnreachable(error) ? new RuntimeFault(UNREACHABLE) : error
  }
  if (first?.byteLength) yield first
}

/** In the agent's words, with the error that Go's os/exec has for the same cause. */
function ptyFault(program: string, reason: string): string {
  const onPath = !program.includes('/') && /not found/.test(reason)
  const cause = /permission denied/.test(reason) ? 'permission denied' : 'no such file or directory'
  return `Unable to start command: Failed to start pty: ${onPath ? `exec: "${program}": executable file not found in $PATH` : `fork/exec ${program}: ${cause}`}`
}

/**
 * Runs a command with a terminal in a running container, as the agent of ECS Exec does: as root, with the agent's
 * environment.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type Dockerode from 'dockerode'
import { type ExecSession, RuntimeFault } from '../runtime.ts'
import { type Docker, ifFound, ignoringStatus, isUnreachable, messageOf } from './docker-api.ts'
import { hangUpTerminal } from './terminal-processes.ts'

export interface TerminalDeps {
  docker: Docker
  /** The container's name. */
  container: string
  command: readonly string[]
  /** Whether the container's processes are on this machine, and this process may end them. */
  onThisKernel: boolean
}

const POLL_MS = 50
/** How long the end of a session waits for the process of a command that may never have started. */
const HANG_UP_MS = 3_000
const UNREACHABLE = 'The container runtime does not answer.'

/**
 * Starts the command.
 * @throws RuntimeFault when it could not be started, in the agent's words.
 */
export async function terminalIn({ docker, container, command, onThisKernel }: TerminalDeps): Promise<ExecSession> {
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
  // An error ends the output; later input is lost.
  stream.on('error', () => {})

  async function start() {
    const { Id: containerId, Config } = await docker.getContainer(container).inspect()
    const hasLanguage = Config.Env?.some((variable) => variable.startsWith('LANG='))
    const exec = await docker.getContainer(containerId).exec({
      Cmd: [...command],
      // By number, because an image may have no list of users.
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

  // The process id is fetched now: later the runtime may be gone while the command still runs.
  let hasEnded = false
  let deadline = Number.POSITIVE_INFINITY
  const leader = processOf(exec, () => hasEnded || Date.now() > deadline).catch(() => undefined)

  async function hangUp(): Promise<void> {
    deadline = Date.now() + HANG_UP_MS
    const process = onThisKernel ? await leader : undefined
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
      // Podman holds the container's lock while it waits, up to a minute, for the terminal of a command that is
      // starting.
      await leader
      // The client does not accept Podman's status 201 for this request.
      await ignoringStatus(exec.resize({ h: rows, w: columns }), 201)
    },
    hangUp,
  }
}

/**
 * Undefined when the runtime no longer knows the command: Podman forgets it some time after its end
 * (`exit_command_delay`).
 */
async function exitCodeOf(exec: Dockerode.Exec): Promise<number | undefined> {
  try {
    return (await ifFound(exec.inspect()))?.ExitCode ?? undefined
  } catch (error) {
    // Podman answers 500 in this case.
    if (/no such exec session/.test(messageOf(error))) return undefined
    throw error
  }
}

/**
 * The command's process id. On a busy machine it may be known only seconds after the start. Undefined when the command
 * ended before.
 */
async function processOf(exec: Dockerode.Exec, hasEnded: () => boolean): Promise<number | undefined> {
  for (;;) {
    const { Pid, Running } = await exec.inspect()
    if (Running && Pid > 0) return Pid
    if (hasEnded()) return undefined
    await pause(POLL_MS)
  }
}

/** Docker and Podman write to the terminal why a command could not be started, in the words of their OCI runtime. */
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
    // A runtime that shuts down also ends its streams, as if the commands had ended.
    const code = await exitCode()
    if (first?.byteLength && notStartedCodes.includes(code)) throw new RuntimeFault(ptyFault(program, first.toString()))
  } catch (error) {
    throw isUnreachable(error) ? new RuntimeFault(UNREACHABLE) : error
  }
  if (first?.byteLength) yield first
}

/** The agent's message, with the error of Go's os/exec for the same cause. */
function ptyFault(program: string, reason: string): string {
  const onPath = !program.includes('/') && /not found/.test(reason)
  const cause = /permission denied/.test(reason) ? 'permission denied' : 'no such file or directory'
  return `Unable to start command: Failed to start pty: ${onPath ? `exec: "${program}": executable file not found in $PATH` : `fork/exec ${program}: ${cause}`}`
}

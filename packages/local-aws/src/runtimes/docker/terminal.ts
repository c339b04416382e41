/**
 * Runs a command with a terminal in a running container. Like a command of ECS Exec's agent, it runs as root and gets
 * the agent's environment variables.
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
  isOnThisKernel: boolean
}

const POLL_MS = 50
/** How long `hangUp` waits for the process id of a command, which may never have started. */
const PID_TIMEOUT_MS = 3_000
const UNREACHABLE = 'The container runtime does not answer.'

/**
 * Starts the command.
 * @throws RuntimeFault when the command could not be started, in the agent's words.
 */
export async function startTerminal({
  docker,
  container,
  command,
  isOnThisKernel,
}: TerminalDeps): Promise<ExecSession> {
  const program = command[0] ?? ''
  const { exec, stream, containerId } = await startExec().catch((error: unknown) => {
    const reason = messageOf(error)
    throw new RuntimeFault(
      isUnreachable(error)
        ? UNREACHABLE
        : startFailureText.test(reason)
          ? startErrorText(program, reason)
          : `Unable to start command: ${reason}`,
    )
  })
  // An error of the stream ends the output, which reports it. Later input is dropped.
  stream.on('error', () => {})

  async function startExec() {
    const { Id: containerId, Config } = await docker.getContainer(container).inspect()
    const hasLanguage = Config.Env?.some((variable) => variable.startsWith('LANG='))
    const exec = await docker.getContainer(containerId).exec({
      Cmd: [...command],
      // Root by number, because an image may have no list of users.
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

  // The process id is fetched now: later the runtime may have gone away while the command still runs.
  let hasEnded = false
  let deadline = Number.POSITIVE_INFINITY
  const leaderPid = waitForPid(exec, () => hasEnded || Date.now() > deadline).catch(() => undefined)

  async function hangUp(): Promise<void> {
    deadline = Date.now() + PID_TIMEOUT_MS
    const process = isOnThisKernel ? await leaderPid : undefined
    if (process !== undefined) await hangUpTerminal(process, containerId)
    stream.destroy()
  }

  return {
    input: stream,
    output: readOutput(stream as AsyncIterable<Buffer>, program, () => {
      hasEnded = true
      return exitCode()
    }),
    exitCode: () => exitCode().catch(() => undefined),
    resize: async ({ rows, columns }) => {
      // Podman holds the container's lock while it waits, up to a minute, for the terminal of a command that is
      // starting.
      await leaderPid
      // The client does not accept Podman's status 201 for this request.
      await ignoringStatus(exec.resize({ h: rows, w: columns }), 201)
    },
    hangUp,
  }
}

/**
 * The command's exit code. Undefined when the runtime no longer knows the command: Podman forgets a command some time
 * after its end (`exit_command_delay`).
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
async function waitForPid(exec: Dockerode.Exec, hasEnded: () => boolean): Promise<number | undefined> {
  for (;;) {
    const { Pid, Running } = await exec.inspect()
    if (Running && Pid > 0) return Pid
    if (hasEnded()) return undefined
    await pause(POLL_MS)
  }
}

/** Text of the OCI runtime that Docker and Podman write to the terminal when a command could not be started. */
const startFailureText =
  /exec failed: unable to start container process|OCI runtime (exec failed|attempted to invoke)|OCI permission denied/
const startFailureCodes: readonly (number | undefined)[] = [126, 127]
const MAX_REASON_BYTES = 4096

/** The terminal's output. Output that may be the error text of a failed start is held back until it is certain. */
async function* readOutput(
  stream: AsyncIterable<Buffer>,
  program: string,
  exitCode: () => Promise<number | undefined>,
): AsyncGenerator<Uint8Array> {
  let heldOutput: Buffer | undefined = Buffer.alloc(0)
  try {
    for await (const chunk of stream) {
      if (!heldOutput) {
        yield chunk
        continue
      }
      heldOutput = Buffer.concat([heldOutput, chunk])
      if (startFailureText.test(heldOutput.toString()) && heldOutput.byteLength <= MAX_REASON_BYTES) continue
      yield heldOutput
      heldOutput = undefined
    }
    // A runtime that shuts down also ends its streams, as if the commands had ended.
    const code = await exitCode()
    if (heldOutput?.byteLength && startFailureCodes.includes(code))
      throw new RuntimeFault(startErrorText(program, heldOutput.toString()))
  } catch (error) {
    throw isUnreachable(error) ? new RuntimeFault(UNREACHABLE) : error
  }
  if (heldOutput?.byteLength) yield heldOutput
}

/**
 * The agent's message for a command that could not be started. It ends with the error of Go's os/exec for the cause.
 */
function startErrorText(program: string, reason: string): string {
  const onPath = !program.includes('/') && /not found/.test(reason)
  const cause = /permission denied/.test(reason) ? 'permission denied' : 'no such file or directory'
  return `Unable to start command: Failed to start pty: ${onPath ? `exec: "${program}": executable file not found in $PATH` : `fork/exec ${program}: ${cause}`}`
}

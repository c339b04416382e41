/** Runs a command in a running container without a terminal. */
import { readFileSync } from 'node:fs'
import { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { Docker } from './docker-api.ts'

export interface CommandResult {
  exitCode: number
  /** The last characters that the command printed, in one line. */
  output: string
}

const MAX_OUTPUT_CHARACTERS = 300

/**
 * Runs the command.
 * @param isOnThisKernel whether the container runs on this machine's kernel, not on that of a virtual machine. Only
 * then does an abort also kill the command
 */
export async function runInContainer(
  docker: Docker,
  containerId: string,
  command: readonly string[],
  isOnThisKernel: boolean,
  signal: AbortSignal,
): Promise<CommandResult> {
  signal.throwIfAborted()
  const exec = await docker
    .getContainer(containerId)
    .exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true, AttachStdin: false })
  const stream = await exec.start({})
  const onAbort = () => stream.destroy()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    // The signal may have aborted while the command was started.
    if (signal.aborted) onAbort()
    let printed = ''
    const sink = new Writable({
      write(chunk, _encoding, done) {
        printed = (printed + String(chunk)).slice(-MAX_OUTPUT_CHARACTERS)
        done()
      },
    })
    docker.modem.demuxStream(stream, sink, sink)
    await finished(stream, { writable: false })
    const { ExitCode } = await exec.inspect()
    return { exitCode: ExitCode ?? 1, output: printed.replace(/\s+/g, ' ').trim() }
  } catch (error) {
    if (signal.aborted && isOnThisKernel) kill((await exec.inspect()).Pid, containerId)
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** Kills the process if the process id still belongs to the container. */
function kill(pid: number, containerId: string): void {
  try {
    if (pid > 1 && readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(containerId)) process.kill(pid, 'SIGKILL')
  } catch {
    // The process has already ended.
  }
}

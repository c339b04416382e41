/** Runs a command in a running container without a terminal. */
import { readFileSync } from 'node:fs'
import { finished } from 'node:stream/promises'
import type { Docker } from './docker-api.ts'

/**
 * Runs the command and discards its output.
 * @param onThisKernel whether the container shares this machine's kernel, and not one of a virtual machine: only then can
 * an abort also kill the command
 * @returns the exit code
 */
export async function runIn(
  docker: Docker,
  containerId: string,
  command: readonly string[],
  onThisKernel: boolean,
  signal: AbortSignal,
): Promise<number> {
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
    stream.resume()
    await finished(stream, { writable: false })
    const { ExitCode } = await exec.inspect()
    return ExitCode ?? 1
  } catch (error) {
    if (signal.aborted && onThisKernel) kill((await exec.inspect()).Pid, containerId)
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

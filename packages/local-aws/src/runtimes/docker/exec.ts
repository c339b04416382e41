/** A command in a running container. */
import { readFileSync } from 'node:fs'
import { finished } from 'node:stream/promises'
import type { ExecSession } from '../runtime.ts'
import { type Docker, ignoring } from './docker-api.ts'

/**
 * Runs it without a terminal, its output thrown away. When the signal aborts the command is killed, where the container runs on this machine's kernel.
 * @returns its exit code
 */
export async function runIn(
  docker: Docker,
  containerId: string,
  command: readonly string[],
  kernelHere: boolean,
  signal: AbortSignal,
): Promise<number> {
  signal.throwIfAborted()
  const exec = await docker.getContainer(containerId).exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true, AttachStdin: false })
  const stream = await exec.start({})
  const aborted = () => stream.destroy()
  signal.addEventListener('abort', aborted, { once: true })
  try {
    stream.resume()
    await finished(stream, { writable: false })
    const { ExitCode } = await exec.inspect()
    return ExitCode ?? 1
  } catch (error) {
    if (signal.aborted && kernelHere) kill((await exec.inspect()).Pid, containerId)
    throw error
  } finally {
    signal.removeEventListener('abort', aborted)
  }
}

/** A command with a terminal. */
export async function terminalIn(docker: Docker, containerId: string, command: readonly string[]): Promise<ExecSession> {
  const exec = await docker
    .getContainer(containerId)
    .exec({ Cmd: [...command], AttachStdin: true, AttachStdout: true, AttachStderr: true, Tty: true })
  const stream = await exec.start({ hijack: true, stdin: true, Tty: true })
  return {
    stream,
    exitCode: async () => (await exec.inspect()).ExitCode ?? undefined,
    resize: async ({ rows, columns }) => {
      // Podman's 201 is none of the statuses that the client knows here.
      await ignoring(exec.resize({ h: rows, w: columns }), 201)
    },
  }
}

/** Ends the process, if that number still is one of the container's. */
function kill(pid: number, containerId: string): void {
  try {
    if (pid > 1 && readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(containerId)) process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

/**
 * Runs one command and returns its output. ECS Exec has terminals only, so the command runs through `sh`, which prints
 * a random marker and the exit code after the output.
 */
import { randomBytes } from 'node:crypto'
import type { Caller } from '../http/caller.ts'
import { BadGateway, Conflict, GatewayTimeout, NotYetAvailable, Unauthorized } from '../problems/problem.ts'
import { removeExecSession } from '../store/exec-records.ts'
import { getTask } from '../tasks/get.ts'
import { type ChannelEnd, Connection } from './channel/connection.ts'
import { commandLine, wordsOfCommand } from './command-line.ts'
import { MarkedOutput } from './marked-output.ts'
import { recordSession } from './record-session.ts'
import type { Recording } from './recording.ts'
import type { CommandResult, ExecRequest } from './schema.ts'
import { generateSessionKey } from './session-key.ts'
import type { ExecSessions } from './sessions.ts'
import { type StartedSession, startExecSession } from './start.ts'
import type { ExecTarget } from './target.ts'
import { resumeExecSession } from './terminate.ts'

interface RunOptions {
  caller: Caller
  timeoutSeconds: number
  /** Ends the command; its reason is thrown. */
  signal: AbortSignal
}

/**
 * The command runs in a subshell, because it may be a builtin such as `exit`. The marker is passed in two halves, so
 * that a command that shows this command line, such as `ps`, does not print it.
 */
const script = `a=$1 b=$2; shift 2; ( "$@" ) </dev/null; printf '%s%s:%d\\n' "$a" "$b" "$?"`
const taskCheckEveryMs = 1_000

/**
 * Runs a command in a container and returns its output and exit code. Without a shell in the container, the command
 * runs again without the marker, and the exit code is unknown.
 * @throws NotYetAvailable for Windows
 * @throws GatewayTimeout `ExecTimeout`, with the output so far
 * @throws Conflict when AWS rejects the session; `TaskNotRunning` when the task stops meanwhile
 */
export async function runCommand(
  sessions: ExecSessions,
  target: ExecTarget,
  { command, columns = 80, rows = 24 }: ExecRequest,
  { caller, timeoutSeconds, signal }: RunOptions,
): Promise<CommandResult> {
  sessions.requireOpen()
  if (target.isWindows) throw new NotYetAvailable('A command without a terminal in a Windows container')
  const words = wordsOfCommand(command)
  const marker = [randomBytes(12).toString('hex'), randomBytes(12).toString('hex')] as const
  const deadline = performance.now() + timeoutSeconds * 1000
  const run = async (line: string, output: MarkedOutput) => {
    const session = await startExecSession(sessions.store, { target, caller, line })
    const options = { size: { columns, rows }, remainingMs: deadline - performance.now(), signal, caller }
    return collectOutput(sessions, target, session, output, options)
  }
  const marked = new MarkedOutput(marker.join(''))
  const end = await run(commandLine(['sh', '-c', script, 'sh', ...marker, ...words]), marked)
  if (!isWithoutShell(end)) return resultOf(end, marked, target)
  const unmarked = new MarkedOutput()
  return resultOf(await run(commandLine(words), unmarked), unmarked, target)
}

type RunEnd = ChannelEnd | { kind: 'marked' | 'timeout' | 'task-stopped' | 'token-invalid' | 'aborted' }

interface CollectOptions {
  size: { columns: number; rows: number }
  remainingMs: number
  signal: AbortSignal
  caller: Caller
}

/** Connects to the session and collects its output until the command, a limit or the client ends it. */
async function collectOutput(
  sessions: ExecSessions,
  { account, cluster, task, container, targetId, family }: ExecTarget,
  { id, sessionId, address }: StartedSession,
  output: MarkedOutput,
  { size, remainingMs, signal, caller }: CollectOptions,
): Promise<RunEnd> {
  const session = { id, session_id: sessionId, account: account.name }
  let recording: Recording | undefined
  try {
    recording = await recordSession(sessions.deps, account, caller, { id, task, container, size })
  } catch (error) {
    await sessions.end(session)
    throw error
  }
  const { promise: ended, resolve: end } = Promise.withResolvers<RunEnd>()
  let taskCheck: NodeJS.Timeout | undefined
  const connection = new Connection(
    {
      address,
      size,
      httpAgents: account.httpAgents,
      resume: () => resumeExecSession(account, sessionId),
      generateKey: (request) => generateSessionKey(account, { sessionId, targetId }, request),
    },
    {
      onOutput: (bytes) => {
        recording?.output(bytes)
        if (output.add(bytes)) end({ kind: 'marked' })
      },
      onNotice: () => {},
      onPaused: (isPaused) => {
        clearInterval(taskCheck)
        if (isPaused) taskCheck = setInterval(checkTask, taskCheckEveryMs)
      },
      onAcknowledged: () => {},
      onEnd: end,
    },
  )
  const checkTask = async () => {
    const { lastStatus } = await getTask(account, cluster, task).catch(() => ({ lastStatus: 'RUNNING' }))
    if (lastStatus !== 'RUNNING') end({ kind: 'task-stopped' })
  }
  const { credential = {} } = caller
  sessions.terminals.add(
    { end: (reason) => reason === 'TokenInvalid' && end({ kind: 'token-invalid' }), checkTime: () => {} },
    { id, account: account.name, cluster, family, credential },
  )
  const onAbort = () => end({ kind: 'aborted' })
  signal.addEventListener('abort', onAbort, { once: true })
  const timer = setTimeout(() => end({ kind: 'timeout' }), Math.max(0, remainingMs))
  if (signal.aborted) onAbort()
  else connection.open()
  const runEnd = await ended
  sessions.terminals.delete(id)
  clearTimeout(timer)
  clearInterval(taskCheck)
  signal.removeEventListener('abort', onAbort)
  connection.close()
  recording?.end()
  if (runEnd.kind === 'closed') await removeExecSession(sessions.store, id)
  else await sessions.end(session)
  signal.throwIfAborted()
  return runEnd
}

function resultOf(end: RunEnd, output: MarkedOutput, { task, container }: ExecTarget): CommandResult {
  const { exitCode, ...collected } = output.result()
  switch (end.kind) {
    case 'marked':
      return { ...collected, exitCode }
    case 'closed':
      if (end.text === '') return { ...collected, exitCode }
      throw new Conflict('ExecCommandNotStarted', `The command could not be started in ${container}: ${end.text}`)
    case 'timeout':
      throw new GatewayTimeout('ExecTimeout', 'The command did not end in time, so it was ended.', {
        extensionMembers: collected,
      })
    case 'task-stopped':
      throw new Conflict('TaskNotRunning', `The task ${task} stopped while the command ran.`, {
        extensionMembers: collected,
      })
    case 'token-invalid':
      throw new Unauthorized('Unauthorized', 'The token became invalid while the command ran, so it was ended.')
    case 'refused':
    case 'lost':
    case 'aborted':
      throw new BadGateway('AwsError', 'The connection to the container was lost while the command ran.', {
        next: 'The command may have taken effect: check before you run it again.',
        extensionMembers: collected,
      })
  }
}

/** Whether the container has no `sh`: the agent's error names the program that was not found. */
function isWithoutShell(end: RunEnd): boolean {
  return end.kind === 'closed' && /Unable to start command.*(exec: "sh"|fork\/exec sh|\/sh:)/s.test(end.text)
}

/** Runs a command with the streams and the signals of this process, and ends the process with its exit code. */
import { commands } from './commands.ts'
import { endProcess } from './end-process.ts'
import { exitCode, Interrupted } from './errors.ts'
import { createQuestions } from './questions.ts'
import { run } from './run.ts'

export async function runProcess(argv: readonly string[]): Promise<void> {
  const outputs = [process.stdout, process.stderr]
  // A command goes on when its output cannot be written: its exit code is that of its work. The class `Out` notices
  // when stdout fails. Nothing can report that stderr fails.
  const onOutputError = () => {}
  for (const stream of outputs) stream.on('error', onOutputError)
  const abort = new AbortController()
  const onSignal = (code: 130 | 143) => () => {
    // A second signal ends the process at once.
    if (abort.signal.aborted) process.exit(code)
    abort.abort(new Interrupted(code))
  }
  const signalHandlers = [onSignal(exitCode.interrupted), onSignal(exitCode.terminated)] as const
  // Ctrl-D at a question ends its input, and then nothing is left that could end the command.
  process.once('beforeExit', () => abort.abort(new Interrupted(exitCode.interrupted)))
  const listenForSignals = () => {
    process.on('SIGINT', signalHandlers[0])
    process.on('SIGTERM', signalHandlers[1])
  }
  const code = await run(argv, {
    commands,
    environment: process.env,
    workingFolder: process.cwd(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    now: Date.now,
    signal: abort.signal,
    onCommand: (command) => {
      if (command.needs !== 'unparsed words') return listenForSignals()
      // The gateway has signal handlers that drain it, and it continues when its log cannot be written.
      for (const stream of outputs) stream.off('error', onOutputError)
    },
    createQuestions,
  })
  await endProcess(code)
}

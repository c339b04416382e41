/** Connects a command to this process: its streams, its signals and its exit code. */
import { createAsk } from './ask.ts'
import { commands } from './commands.ts'
import { Interrupted } from './errors.ts'
import { run } from './run.ts'

export async function runProcess(argv: readonly string[]): Promise<void> {
  // The reader of a pipe has seen enough: that is no failure.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0)
      throw error
    })
  const abort = new AbortController()
  const onSignal = (exit: 130 | 143) => () => {
    if (abort.signal.aborted) process.exit(exit)
    abort.abort(new Interrupted(exit))
  }
  const ends = [onSignal(130), onSignal(143)] as const
  const listen = () => {
    process.on('SIGINT', ends[0])
    process.on('SIGTERM', ends[1])
  }
  const code = await run(argv, {
    commands,
    environment: process.env,
    folder: process.cwd(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    now: Date.now,
    signal: abort.signal,
    onCommand: (command) => {
      // The service drains by handlers of its own.
      if (command.needs !== 'words') listen()
    },
    createAsk,
  })
  // Kept connections and a paused stdin must not keep the process alive.
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))))
  process.exit(code)
}

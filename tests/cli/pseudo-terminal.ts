/** Runs `ecs-api` on a pseudo-terminal. python3 opens it, because Node cannot without a native add-on. */
import { type ChildProcess, spawn } from 'node:child_process'
import { environmentWithHome, launcherPath } from './cli-process.ts'

/** A program that copies between its own pipes and the pseudo-terminal, and exits with the command's exit code. */
const pythonPty = `
import fcntl, os, pty, select, struct, sys, termios
columns, rows = int(sys.argv[1]), int(sys.argv[2])
pid, fd = pty.fork()
if pid == 0:
    # The size is set before the program starts.
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
    os.execvp(sys.argv[3], sys.argv[3:])
sources = [fd, 0]
while True:
    ready, _, _ = select.select(sources, [], [])
    if 0 in ready:
        data = os.read(0, 65536)
        if data:
            try: os.write(fd, data)
            except OSError: pass # The program has ended.
        else:
            # The test has ended. A program that ignores the hang-up signal would stay.
            sources.remove(0)
            os.kill(pid, 9)
    if fd in ready:
        try: data = os.read(fd, 65536)
        except OSError: data = b''
        if not data: break
        os.write(1, data)
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status) % 256)
`

export interface TerminalRun {
  child: ChildProcess
  /** Everything that was written to the terminal so far: stdout and stderr together. */
  output: () => string
  /** Resolves when the output matches the pattern; rejects when the program ends first. */
  waitFor: (pattern: RegExp) => Promise<void>
  type: (text: string) => void
  ended: Promise<number | null>
}

interface TerminalOptions {
  home: string
  env?: Record<string, string>
  columns?: number
  /** Default: Node with `ecs-api`. */
  command?: readonly string[]
}

export function startOnTerminal(
  args: readonly string[],
  { home, env = {}, columns = 80, command = [process.execPath, launcherPath] }: TerminalOptions,
): TerminalRun {
  const words = ['-c', pythonPty, String(columns), '24', ...command, ...args]
  const child = spawn('python3', words, {
    cwd: home,
    env: environmentWithHome(home, { TERM: 'xterm-256color', ...env }),
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let printed = ''
  const watchers = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
    for (const watcher of watchers) watcher()
  })
  // Text typed after the end of the program is lost, as on any terminal.
  child.stdin.on('error', () => {})
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  return {
    child,
    ended,
    output: () => printed,
    type: (text) => child.stdin.write(text),
    waitFor: (pattern) =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (!pattern.test(printed)) return
          watchers.delete(check)
          resolve()
        }
        watchers.add(check)
        check()
        void ended.then(() => reject(new Error(`it ended before it printed ${pattern}:\n${printed}`)))
      }),
  }
}

/** The text without control sequences and carriage returns. */
export function plainText(output: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these begin control sequences
  return output.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replace(/\r/g, '')
}

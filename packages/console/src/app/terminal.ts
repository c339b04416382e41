/** The document of a terminal: xterm over the WebSocket of a session. */
import { FitAddon } from '@xterm/addon-fit'
import { type ITheme, Terminal } from '@xterm/xterm'
import '@xterm/xterm/css/xterm.css'
import '../styles/tokens.css'
import '../styles/terminal.css'
import { ProblemError } from '@ecs-api/client'
import { askForTerminal, wasAskedFor } from '../live/asked-terminal.ts'
import { accountClient } from '../live/client.ts'
import { session as signedIn } from '../live/session.ts'
import '../live/settings.ts'

const parameters = new URLSearchParams(location.search)
const parameter = (name: string) => parameters.get(name) ?? ''
const state = document.getElementById('state')!

const isDark = matchMedia('(prefers-color-scheme: dark)')
function theme(): ITheme {
  const chosen = document.documentElement.dataset.theme ?? (isDark.matches ? 'dark' : 'light')
  return chosen === 'dark'
    ? { background: '#0e1116', foreground: '#e6e9ef', cursor: '#e6e9ef' }
    : { background: '#ffffff', foreground: '#14171c', cursor: '#14171c', selectionBackground: '#b9d2ff' }
}
const screen = new Terminal({
  fontFamily: 'ui-monospace, Menlo, "DejaVu Sans Mono", monospace',
  fontSize: 13,
  cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
  screenReaderMode: true,
  theme: theme(),
})
isDark.addEventListener('change', () => {
  screen.options.theme = theme()
})
const fit = new FitAddon()
screen.loadAddon(fit)
screen.open(document.getElementById('terminal')!)
fit.fit()

const say = (text: string) => {
  state.textContent = text
}

async function run(): Promise<void> {
  const task = { cluster: parameter('cluster'), id: parameter('task') }
  const container = parameter('container')
  say(`Connecting to ${container}.`)
  const session = await accountClient(parameter('account')).tasks.exec(task, {
    container,
    // Never from the address: a link must not run a command of somebody else's choice.
    command: '/bin/sh',
    columns: screen.cols,
    rows: screen.rows,
  })
  say(`Connected to ${container} of ${task.id.slice(0, 8)}.`)
  session.onWarning = say
  screen.focus()
  const input = session.writable.getWriter()
  const encoder = new TextEncoder()
  const typed = screen.onData((text) => void input.write(encoder.encode(text)).catch(() => undefined))
  const resized = screen.onResize(({ cols, rows }) => session.resize({ columns: cols, rows }))
  const observer = new ResizeObserver(() => fit.fit())
  observer.observe(document.getElementById('terminal')!)
  const reader = session.readable.getReader()
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    const { value } = next
    // The next bytes are read once these are drawn: a fast command does not fill the memory.
    await new Promise<void>((resolve) => screen.write(value, resolve))
  }
  const { code, reason } = await session.exited
  typed.dispose()
  resized.dispose()
  observer.disconnect()
  say(`The session has ended: ${reason}${code === null ? '' : ` (exit code ${code})`}.`)
}

function offer(label: string, connect: () => void): void {
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = label
  button.onclick = connect
  state.append(' ', button)
  button.focus()
}

const address = location.pathname + location.search
const isInPage = parent !== window

function connect(): void {
  run()
    .catch((error: unknown) => say(error instanceof ProblemError ? error.message : String(error)))
    .finally(() =>
      offer('Connect again', () => {
        askForTerminal(address)
        location.reload()
      }),
    )
}

// Another tab has signed out, or somebody else in: what the shell has shown is not for others. The console removes its
// own frame.
signedIn.subscribe(() => {
  if (!isInPage) location.reload()
})

// The console shows the frame only once the person has asked for it.
if (isInPage || wasAskedFor(address)) connect()
else {
  say(`A shell in ${parameter('container')} of ${parameter('task').slice(0, 8)}:`)
  offer('Connect', connect)
}

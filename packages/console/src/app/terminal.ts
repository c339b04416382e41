/** The document of a terminal: xterm.js, connected to the WebSocket of an exec session. */
import { FitAddon } from '@xterm/addon-fit'
import { type ITheme, Terminal } from '@xterm/xterm'
import '@xterm/xterm/css/xterm.css'
import '../styles/tokens.css'
import '../styles/boxes.css'
import '../styles/terminal.css'
import { ProblemError } from '@ecs-api/client'
import { accountClient } from '../live/client.ts'
import { session as browserSession } from '../live/session.ts'
import { settings } from '../live/settings.ts'
import { recordTerminalRequest, takeTerminalRequest } from '../live/terminal-request.ts'

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
  // A blinking cursor makes the browser draw 60 frames a second, and an echo waits for the next of them.
  cursorBlink: false,
  screenReaderMode: settings.get().screenReader,
  theme: theme(),
})
isDark.addEventListener('change', () => {
  screen.options.theme = theme()
})
const fitAddon = new FitAddon()
screen.loadAddon(fitAddon)
screen.open(document.getElementById('terminal')!)
fitAddon.fit()

const screenReader = document.querySelector<HTMLInputElement>('#screen-reader')!
screenReader.checked = settings.get().screenReader
screenReader.addEventListener('change', () => {
  settings.set({ screenReader: screenReader.checked })
  screen.options.screenReaderMode = screenReader.checked
})

// The shell gets every other Tab. The keys are those that leave the editor of a document.
const leaveWithinMs = 2000
let escapePressedAt = -Infinity
screen.attachCustomKeyEventHandler(({ type, key, timeStamp }) => {
  if (type !== 'keydown' || key === 'Shift') return true
  const leaves = key === 'Tab' && timeStamp - escapePressedAt < leaveWithinMs
  escapePressedAt = key === 'Escape' ? timeStamp : -Infinity
  return !leaves
})
screen.textarea!.setAttribute('aria-describedby', 'leave')

const endReasons: Readonly<Record<string, string>> = {
  CommandEnded: 'the command has ended',
  CommandNotStarted: 'the command could not be started',
  EndedByAws: 'AWS ended it',
  SessionExpired: 'AWS no longer accepts its token',
  TaskStopped: 'the task has stopped',
  ConnectionLost: 'the connection broke',
  Idle: 'nothing was typed for too long',
  TimeLimit: 'it has reached its time limit',
  TokenInvalid: 'your token is no longer valid',
  ShuttingDown: 'the gateway is shutting down',
  SessionRecordingFailed: 'its recording cannot be written',
  SlowReader: 'this page could not keep up with its output',
}

const showState = (text: string) => {
  state.textContent = text
}

async function runSession(): Promise<void> {
  const task = { cluster: parameter('cluster'), id: parameter('task') }
  const container = parameter('container')
  showState(`Connecting to ${container}.`)
  const session = await accountClient(parameter('account')).tasks.exec(task, {
    container,
    // Never from the address: a link must not run a command of somebody else's choice.
    command: '/bin/sh',
    columns: screen.cols,
    rows: screen.rows,
  })
  showState(`Connected to ${container} of ${task.id.slice(0, 8)}.`)
  session.onWarning = showState
  screen.focus()
  const input = session.writable.getWriter()
  const encoder = new TextEncoder()
  const typed = screen.onData((text) => void input.write(encoder.encode(text)).catch(() => undefined))
  const resized = screen.onResize(({ cols, rows }) => session.resize({ columns: cols, rows }))
  const observer = new ResizeObserver(() => fitAddon.fit())
  observer.observe(document.getElementById('terminal')!)
  const reader = session.readable.getReader()
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    const { value } = next
    // Reading waits until these bytes are drawn, so that a fast command does not fill the memory.
    await new Promise<void>((resolve) => screen.write(value, resolve))
  }
  const { code, reason } = await session.exited
  typed.dispose()
  resized.dispose()
  observer.disconnect()
  showState(`The session has ended: ${endReasons[reason] ?? reason}${code === null ? '' : ` (exit code ${code})`}.`)
}

function showButton(label: string, connect: () => void): void {
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = label
  button.onclick = connect
  state.append(button)
  button.focus()
}

const address = location.pathname + location.search
const isInPage = parent !== window

function connect(): void {
  runSession()
    .catch((error: unknown) => showState(error instanceof ProblemError ? error.message : String(error)))
    .finally(() =>
      showButton('Connect again', () => {
        recordTerminalRequest(address)
        location.reload()
      }),
    )
}

// After a sign-out, or another person's sign-in, in another tab, the output of the shell must no longer be visible. The
// console removes a frame itself.
browserSession.subscribe(() => {
  if (!isInPage) location.reload()
})

// The console shows the frame only once the person has asked for it.
if (isInPage || takeTerminalRequest(address)) connect()
else {
  showState(`A shell in ${parameter('container')} of ${parameter('task').slice(0, 8)}:`)
  showButton('Connect', connect)
}

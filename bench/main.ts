/**
 * `npm run bench [-- NAME …]` prints tables and stores some of them below bench/results: without a name the benches
 * that need nothing but Node (basics.md); hot-get, cold-get, polling and streams together (calls.md); containers,
 * keyed-writes (store.md), whole-lists (lists.md), event-streams (events.md), logs (logs.md), terminal (terminal.md) and
 * hostile (hostile.md) each on its own.
 */
import { writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { coldGetBench } from './cold-get.ts'
import { containersBench } from './containers.ts'
import { engineOverTcpBench } from './engine-over-tcp.ts'
import { CannotRun, type Figure, table } from './figures.ts'
import { getServiceBench } from './get-service.ts'
import { hostileBench } from './hostile.ts'
import { hotGetBench } from './hot-get.ts'
import { keyedWritesBench } from './keyed-writes.ts'
import { logsBench } from './logs.ts'
import { manyServicesBench } from './many-services.ts'
import { pollingBench } from './polling.ts'
import { startBench } from './start.ts'
import { eventStreamsBench, streamsBench } from './streams.ts'
import { terminalBench } from './terminal.ts'
import { wholeListsBench } from './whole-lists.ts'

type Bench = () => Promise<Figure[]>

const basics: Record<string, Bench> = {
  start: startBench,
  'get-service': getServiceBench,
  'engine-over-tcp': engineOverTcpBench,
  'many-services': manyServicesBench,
}
const calls: Record<string, Bench> = {
  'hot-get': hotGetBench,
  polling: pollingBench,
  streams: streamsBench,
  'cold-get': coldGetBench,
}
const benches: Record<string, Bench> = {
  ...basics,
  ...calls,
  'event-streams': eventStreamsBench,
  'keyed-writes': keyedWritesBench,
  logs: logsBench,
  'whole-lists': wholeListsBench,
  containers: containersBench,
  terminal: terminalBench,
  hostile: hostileBench,
}
const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !benches[name])
if (unknown.length > 0) {
  console.error(`There is no bench named ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}.`)
  process.exit(1)
}
const load = loadavg()[0]!.toFixed(1)
const machine = `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${availableParallelism()} cores (${cpus()[0]?.model}), ${Math.round(totalmem() / 2 ** 30)} GiB, load ${load} before it began.`
const sections = new Map<string, string>()
for (const name of wanted.length > 0 ? wanted : Object.keys(basics)) {
  const section = `## ${name}\n\n\`npm run bench -- ${name}\`\n\n${table(await figuresOf(benches[name]!))}\n`
  console.log(section)
  sections.set(name, section)
}
if (wanted.length === 0) keep('basics.md', 'The basics', [...sections.values()])
if (wanted.length > 0 && Object.keys(calls).every((name) => sections.has(name)))
  keep('calls.md', 'Calls to AWS', [...sections.values()])
const keyed = sections.get('keyed-writes')
if (keyed) keep('store.md', 'The store', [keyed])
const lists = sections.get('whole-lists')
if (lists) keep('lists.md', 'Whole lists', [lists])
const fed = sections.get('event-streams')
if (fed) keep('events.md', 'The event feed', [fed])
const ofLogs = sections.get('logs')
if (ofLogs) keep('logs.md', 'Logs', [ofLogs])
const hostile = sections.get('hostile')
if (hostile) keep('hostile.md', 'Hostile clients', [hostile])
const terminal = sections.get('terminal')
if (terminal) keep('terminal.md', 'Terminals', [terminal])
const containers = sections.get('containers')
if (containers) keep('containers.md', 'Real containers', [containers])

async function figuresOf(bench: Bench): Promise<Figure[]> {
  try {
    return await bench()
  } catch (error) {
    if (!(error instanceof CannotRun)) throw error
    console.error(error.message)
    process.exit(1)
  }
}

function keep(file: string, title: string, tables: readonly string[]): void {
  const words = `# ${title}\n\n${machine} Figures of one run of the command, side by side; compare ratios, not machines.\n\n`
  writeFileSync(new URL(`./results/${file}`, import.meta.url), words + tables.join('\n'))
}

/**
 * `npm run bench [-- NAME …]` prints tables and stores some of them below bench/results: without a name the benches
 * that need nothing but Node (basics.md); hot-get, cold-get, polling and streams together (calls.md); each of the others
 * in a file of its own (`alone`).
 */
import { writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { cliBench } from './cli.ts'
import { coldGetBench } from './cold-get.ts'
import { containersBench } from './containers.ts'
import { diagnosisBench } from './diagnosis.ts'
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
const alone: Record<string, { bench: Bench; file: string; title: string }> = {
  'event-streams': { bench: eventStreamsBench, file: 'events.md', title: 'The event feed' },
  'keyed-writes': { bench: keyedWritesBench, file: 'store.md', title: 'The store' },
  'whole-lists': { bench: wholeListsBench, file: 'lists.md', title: 'Whole lists' },
  logs: { bench: logsBench, file: 'logs.md', title: 'Logs' },
  diagnosis: { bench: diagnosisBench, file: 'diagnosis.md', title: 'Diagnosis' },
  terminal: { bench: terminalBench, file: 'terminal.md', title: 'Terminals' },
  containers: { bench: containersBench, file: 'containers.md', title: 'Real containers' },
  cli: { bench: cliBench, file: 'cli.md', title: 'The command line' },
  hostile: { bench: hostileBench, file: 'hostile.md', title: 'Hostile clients' },
}
const benches: Record<string, Bench> = {
  ...basics,
  ...calls,
  ...Object.fromEntries(Object.entries(alone).map(([name, { bench }]) => [name, bench])),
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
for (const [name, { file, title }] of Object.entries(alone)) {
  const section = sections.get(name)
  if (section) keep(file, title, [section])
}

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

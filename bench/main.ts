/**
 * `npm run bench [-- NAME …]` prints tables and stores them below bench/results. Without a name, it runs the benches
 * that need only Node (basics.md). hot-get, cold-get, polling and streams share calls.md when all four run. Each of the
 * others has its own file (`benchesWithOwnFile`).
 */
import { writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { cliBench } from './cli.ts'
import { coldGetBench } from './cold-get.ts'
import { consoleBench } from './console.ts'
import { containersBench } from './containers.ts'
import { diagnosisBench } from './diagnosis.ts'
import { engineOverTcpBench } from './engine-over-tcp.ts'
import { CannotRun, type Figure, markdownTable } from './figures.ts'
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

const basicBenches: Record<string, Bench> = {
  start: startBench,
  'get-service': getServiceBench,
  'engine-over-tcp': engineOverTcpBench,
  'many-services': manyServicesBench,
}
const callBenches: Record<string, Bench> = {
  'hot-get': hotGetBench,
  polling: pollingBench,
  streams: streamsBench,
  'cold-get': coldGetBench,
}
const benchesWithOwnFile: Record<string, { bench: Bench; file: string; title: string }> = {
  'event-streams': { bench: eventStreamsBench, file: 'events.md', title: 'The event feed' },
  'keyed-writes': { bench: keyedWritesBench, file: 'store.md', title: 'The store' },
  'whole-lists': { bench: wholeListsBench, file: 'lists.md', title: 'Whole lists' },
  logs: { bench: logsBench, file: 'logs.md', title: 'Logs' },
  diagnosis: { bench: diagnosisBench, file: 'diagnosis.md', title: 'Diagnosis' },
  terminal: { bench: terminalBench, file: 'terminal.md', title: 'Terminals' },
  containers: { bench: containersBench, file: 'containers.md', title: 'Real containers' },
  console: { bench: consoleBench, file: 'console.md', title: 'The console' },
  cli: { bench: cliBench, file: 'cli.md', title: 'The command line' },
  hostile: { bench: hostileBench, file: 'hostile.md', title: 'Hostile clients' },
}
const benches: Record<string, Bench> = {
  ...basicBenches,
  ...callBenches,
  ...Object.fromEntries(Object.entries(benchesWithOwnFile).map(([name, { bench }]) => [name, bench])),
}
const requestedNames = process.argv.slice(2)
const unknownNames = requestedNames.filter((name) => !benches[name])
if (unknownNames.length > 0) {
  console.error(`There is no bench named ${unknownNames.join(', ')}; there are ${Object.keys(benches).join(', ')}.`)
  process.exit(1)
}
const loadBefore = loadavg()[0]!.toFixed(1)
const machine = `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${availableParallelism()} cores (${cpus()[0]?.model}), ${Math.round(totalmem() / 2 ** 30)} GiB, load ${loadBefore} before it began.`
const sections = new Map<string, string>()
for (const name of requestedNames.length > 0 ? requestedNames : Object.keys(basicBenches)) {
  const section = `## ${name}\n\n\`npm run bench -- ${name}\`\n\n${markdownTable(await figuresOf(benches[name]!))}\n`
  console.log(section)
  sections.set(name, section)
}
if (requestedNames.length === 0) writeResults('basics.md', 'The basics', [...sections.values()])
if (requestedNames.length > 0 && Object.keys(callBenches).every((name) => sections.has(name)))
  writeResults('calls.md', 'Calls to AWS', [...sections.values()])
for (const [name, { file, title }] of Object.entries(benchesWithOwnFile)) {
  const section = sections.get(name)
  if (section) writeResults(file, title, [section])
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

function writeResults(file: string, title: string, tables: readonly string[]): void {
  const introduction = `# ${title}\n\n${machine} Figures of one run of the command, side by side; compare ratios, not machines.\n\n`
  writeFileSync(new URL(`./results/${file}`, import.meta.url), introduction + tables.join('\n'))
}

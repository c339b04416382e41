// npm run bench [start|get-service|engine-over-tcp|many-services …]: prints tables; without a name all of them, written to bench/results/ too.
import { writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { engineOverTcpBench } from './engine-over-tcp.ts'
import { type Figure, table } from './figures.ts'
import { getServiceBench } from './get-service.ts'
import { manyServicesBench } from './many-services.ts'
import { startBench } from './start.ts'

const benches: Record<string, () => Promise<Figure[]>> = {
  start: startBench,
  'get-service': getServiceBench,
  'engine-over-tcp': engineOverTcpBench,
  'many-services': manyServicesBench,
}
const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !benches[name])
if (unknown.length > 0) {
  console.error(`There is no bench named ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}.`)
  process.exit(1)
}
const sections: string[] = []
for (const [name, run] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const section = `## ${name}\n\n\`npm run bench -- ${name}\`\n\n${table(await run())}\n`
  console.log(section)
  sections.push(section)
}
const machine = `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${availableParallelism()} cores (${cpus()[0]?.model}), ${Math.round(totalmem() / 2 ** 30)} GiB.`
if (wanted.length === 0)
  writeFileSync(
    new URL('./results/ground.md', import.meta.url),
    `# The ground\n\n${machine} Figures of one run of the command, side by side; compare ratios, not machines.\n\n${sections.join('\n')}`,
  )

/**
 * The task sizes of Fargate: CPU units (1024 = 1 vCPU) with the memory (MiB) that each allows. Source: ECS Developer
 * Guide, task size table (2026).
 */
export interface FargateSize {
  cpu: number
  /** MiB, ascending. */
  memory: readonly number[]
  /** Whether the size is available for Windows containers. */
  windows: boolean
}

export const fargateSizes: readonly FargateSize[] = [
  { cpu: 256, memory: [512, 1024, 2048], windows: false },
  { cpu: 512, memory: steps(1024, 4096, 1024), windows: false },
  { cpu: 1024, memory: steps(2048, 8192, 1024), windows: true },
  { cpu: 2048, memory: steps(4096, 16384, 1024), windows: true },
  { cpu: 4096, memory: steps(8192, 30720, 1024), windows: true },
  { cpu: 8192, memory: steps(16384, 61440, 4096), windows: false },
  { cpu: 16384, memory: steps(32768, 122880, 8192), windows: false },
  { cpu: 32768, memory: [61440, 122880, 249856], windows: false },
]

function steps(from: number, to: number, by: number): number[] {
  return Array.from({ length: (to - from) / by + 1 }, (_, i) => from + i * by)
}

interface Platform {
  isWindows?: boolean
}

const sizesFor = ({ isWindows = false }: Platform) => fargateSizes.filter((size) => size.windows || !isWindows)

/** Whether Fargate has the size: CPU units and MiB. */
export function isFargateSize(cpu: number, memory: number, platform: Platform = {}): boolean {
  return sizesFor(platform).some((size) => size.cpu === cpu && size.memory.includes(memory))
}

/**
 * The smallest size with at least the required amounts. Where the task has a `cpu` or `memory` of its own, the size
 * must match it exactly. Undefined when Fargate has no such size.
 */
export function smallestFargateSize(needs: {
  cpu?: number
  memory?: number
  atLeastCpu: number
  atLeastMemory: number
  isWindows?: boolean
}): { cpu: number; memory: number } | undefined {
  for (const size of sizesFor(needs)) {
    if (needs.cpu === undefined ? size.cpu < needs.atLeastCpu : size.cpu !== needs.cpu) continue
    const memory = size.memory.find((mib) =>
      needs.memory === undefined ? mib >= needs.atLeastMemory : mib === needs.memory,
    )
    if (memory !== undefined) return { cpu: size.cpu, memory }
  }
  return undefined
}

/**
 * The sizes that are possible with this cpu or this memory, as text for an error:
 * `256 CPU goes with 512, 1024 or 2048 MiB`.
 */
export function possibleFargateSizes(cpu: number, memory: number, platform: Platform = {}): string {
  const sizes = sizesFor(platform)
  const size = sizes.find((candidate) => candidate.cpu === cpu)
  const matchingCpus = sizes.filter((candidate) => candidate.memory.includes(memory)).map((candidate) => candidate.cpu)
  const parts = [
    size
      ? `${cpu} CPU goes with ${range(size.memory)} MiB of memory`
      : `Fargate offers ${alternatives(sizes.map((candidate) => candidate.cpu))} CPU units${platform.isWindows ? ' for Windows' : ''}`,
    matchingCpus.length > 0 && `${memory} MiB goes with ${alternatives(matchingCpus)} CPU`,
  ]
  return `${parts.filter(Boolean).join('; ')}.`
}

function range(values: readonly number[]): string {
  const step = values.length > 3 ? values[1]! - values[0]! : 0
  return step ? `${values[0]} to ${values.at(-1)} (steps of ${step})` : alternatives(values)
}

function alternatives(values: readonly number[]): string {
  return values.length === 1 ? `${values[0]}` : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`
}

/** CPU units of `256`, `"256"`, `"1 vCPU"`, `".25 vcpu"`. Undefined for any other form. */
export function parseCpuUnits(value: string | number): number | undefined {
  return parseAmount(value, /^(\d*\.?\d+)\s*vcpus?$/i)
}

/** MiB of `512`, `"512"`, `"3 GB"`, `"0.5GB"`. Undefined for any other form. */
export function parseMemoryMiB(value: string | number): number | undefined {
  return parseAmount(value, /^(\d*\.?\d+)\s*gb$/i)
}

function parseAmount(value: string | number, withUnit: RegExp): number | undefined {
  const text = String(value).trim()
  if (/^\d+$/.test(text)) return Number(text)
  const match = withUnit.exec(text)
  const amount = match && Number(match[1]) * 1024
  return amount !== null && Number.isInteger(amount) ? amount : undefined
}

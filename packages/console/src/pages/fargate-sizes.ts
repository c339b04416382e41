/** The task sizes of Fargate: CPU units (1024 are one vCPU) with the memory in MiB that each allows. */
export const fargateSizes: readonly (readonly [cpu: number, memory: readonly number[]])[] = [
  [256, [512, 1024, 2048]],
  [512, steps(1024, 4096, 1024)],
  [1024, steps(2048, 8192, 1024)],
  [2048, steps(4096, 16384, 1024)],
  [4096, steps(8192, 30720, 1024)],
  [8192, steps(16384, 61440, 4096)],
  [16384, steps(32768, 122880, 8192)],
  [32768, [61440, 122880, 249856]],
]

function steps(from: number, to: number, by: number): number[] {
  return Array.from({ length: (to - from) / by + 1 }, (_, i) => from + i * by)
}

/** The memory that goes with the CPU units; the nearest that is not less than `wanted`. */
export function memoryFor(cpu: number, wanted: number): number | undefined {
  const memory = fargateSizes.find(([each]) => each === cpu)?.[1] ?? []
  return memory.find((mib) => mib >= wanted) ?? memory.at(-1)
}

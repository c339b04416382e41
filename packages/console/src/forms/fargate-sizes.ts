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

function steps(min: number, max: number, increment: number): number[] {
  return Array.from({ length: (max - min) / increment + 1 }, (_, i) => min + i * increment)
}

/** The smallest memory of at least `wantedMiB` that Fargate allows with these CPU units; else the largest one. */
export function memoryFor(cpu: number, wantedMiB: number): number | undefined {
  const memory = fargateSizes.find(([each]) => each === cpu)?.[1] ?? []
  return memory.find((mib) => mib >= wantedMiB) ?? memory.at(-1)
}

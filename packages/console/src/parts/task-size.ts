/** The size of a task; undefined where ECS names none, as for a definition of EC2. */
export function taskSize({ cpu, memory }: { cpu?: unknown; memory?: unknown }): string | undefined {
  const parts = [cpu ? `${Number(cpu) / 1024} vCPU` : undefined, memory ? `${memory} MiB` : undefined]
  return parts.filter((part) => part !== undefined).join(', ') || undefined
}

/** CPU and memory of a task as text; undefined where ECS has neither, as for a task definition for EC2. */
export function taskSize({ cpu, memory }: { cpu?: unknown; memory?: unknown }): string | undefined {
  const parts = [cpu ? `${Number(cpu) / 1024} vCPU` : undefined, memory ? `${memory} MiB` : undefined]
  return parts.filter((part) => part !== undefined).join(', ') || undefined
}

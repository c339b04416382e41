/**
 * The parent cgroup of a task's containers, with the limits of the whole task. It requires that the runtime itself
 * creates the cgroups on this machine (`cgroupfs`), and that the engine runs as root. Elsewhere each container gets the
 * limits of the whole task.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { TaskSpec, TaskUsage } from '../runtime.ts'

const ROOT = '/sys/fs/cgroup'
const CPU_PERIOD_US = 100_000
const ATTEMPTS = 30
const RETRY_MS = 100

export interface TaskCgroups {
  /** Creates the task's cgroup and returns its path, for use as a container's parent. */
  create(task: TaskSpec): string
  /** The usage of the task's processes, from the cgroup's own counters. */
  usage(taskId: string): Promise<TaskUsage>
  /** Removes the cgroup. Its processes must have ended. The removal is retried while ended processes disappear. */
  remove(taskId: string): Promise<void>
  /** Removes the cgroups of all tasks that are not in `taskIds`. */
  removeOthers(taskIds: ReadonlySet<string>): Promise<void>
}

export function createTaskCgroups(engineId: string): TaskCgroups {
  const isUnified = existsSync(join(ROOT, 'cgroup.controllers'))
  /** The roots of the cgroup trees: one in cgroup v2, and one for each controller in v1. */
  const trees = isUnified
    ? [ROOT]
    : readdirSync(ROOT, { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() ? [join(ROOT, entry.name)] : [],
      )
  const engineGroup = join('/ecs-api', engineId)
  const pathOf = (taskId: string) => join(engineGroup, taskId)

  async function remove(taskId: string): Promise<void> {
    const exists = () => trees.some((tree) => existsSync(join(tree, pathOf(taskId))))
    for (let tried = 0; exists() && tried < ATTEMPTS; tried++) {
      if (tried > 0) await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      for (const tree of trees) removeTree(tree, pathOf(taskId))
    }
    // The engine's own cgroup is removed with its last task.
    for (const tree of trees) for (const path of [engineGroup, dirname(engineGroup)]) removeEmpty(join(tree, path))
  }

  return {
    create(task) {
      const path = pathOf(task.id)
      if (isUnified) createInV2(path, task)
      else createInV1(path, task)
      return path
    },
    usage: (taskId) => (isUnified ? usageInV2(pathOf(taskId)) : usageInV1(pathOf(taskId))),
    remove,
    async removeOthers(taskIds) {
      const remaining = new Set(
        trees.flatMap((tree) => (existsSync(join(tree, engineGroup)) ? subgroups(join(tree, engineGroup)) : [])),
      )
      for (const taskId of remaining) if (!taskIds.has(taskId)) await remove(taskId)
    },
  }
}

/**
 * cgroup v1: each controller has its own tree. The runtime creates the cgroup itself in the trees of other controllers.
 */
function createInV1(path: string, { cpu, memoryMiB }: TaskSpec): void {
  mkdirSync(join(ROOT, 'memory', path), { recursive: true })
  mkdirSync(join(ROOT, 'cpu', path), { recursive: true })
  if (memoryMiB !== undefined)
    writeFileSync(join(ROOT, 'memory', path, 'memory.limit_in_bytes'), String(memoryMiB * 2 ** 20))
  if (cpu !== undefined) {
    writeFileSync(join(ROOT, 'cpu', path, 'cpu.cfs_period_us'), String(CPU_PERIOD_US))
    writeFileSync(join(ROOT, 'cpu', path, 'cpu.cfs_quota_us'), String(quotaUsOf(cpu)))
  }
}

/** cgroup v2: a controller is available only if every ancestor delegates it. */
function createInV2(path: string, { cpu, memoryMiB }: TaskSpec): void {
  const absolutePath = join(ROOT, path)
  mkdirSync(absolutePath, { recursive: true })
  for (const ancestor of [ROOT, dirname(dirname(absolutePath)), dirname(absolutePath), absolutePath]) {
    const availableControllers = readFileSync(join(ancestor, 'cgroup.controllers'), 'utf8').split(/\s+/)
    const controllers = ['cpu', 'memory', 'pids'].filter((controller) => availableControllers.includes(controller))
    writeFileSync(join(ancestor, 'cgroup.subtree_control'), controllers.map((controller) => `+${controller}`).join(' '))
  }
  if (memoryMiB !== undefined) writeFileSync(join(absolutePath, 'memory.max'), String(memoryMiB * 2 ** 20))
  if (cpu !== undefined) writeFileSync(join(absolutePath, 'cpu.max'), `${quotaUsOf(cpu)} ${CPU_PERIOD_US}`)
}

/** The cgroup's counters contain those of its children, also of children that have been removed. */
async function usageInV1(path: string): Promise<TaskUsage> {
  const read = (controller: string, file: string) => readFile(join(ROOT, controller, path, file), 'utf8')
  const [cpu, memory, stat] = await Promise.all([
    read('cpuacct', 'cpuacct.usage'),
    read('memory', 'memory.usage_in_bytes'),
    read('memory', 'memory.stat'),
  ])
  return {
    cpuNanoseconds: Number(cpu),
    memoryBytes: Math.max(0, Number(memory) - counterIn(stat, 'total_inactive_file')),
  }
}

async function usageInV2(path: string): Promise<TaskUsage> {
  const read = (file: string) => readFile(join(ROOT, path, file), 'utf8')
  const [cpu, memory, stat] = await Promise.all([read('cpu.stat'), read('memory.current'), read('memory.stat')])
  return {
    cpuNanoseconds: counterIn(cpu, 'usage_usec') * 1_000,
    memoryBytes: Math.max(0, Number(memory) - counterIn(stat, 'inactive_file')),
  }
}

/** The number in a line such as `usage_usec 1234` of a cgroup's file. */
function counterIn(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0)
}

/** The quota of CPU time in a period, in microseconds. 1024 CPU units are the whole time of one processor. */
function quotaUsOf(cpu: number): number {
  return Math.round((cpu / 1024) * CPU_PERIOD_US)
}

function subgroups(path: string): string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
}

/**
 * Removes a cgroup after its children, because a cgroup with children cannot be removed. A cgroup in which a container
 * still runs is kept.
 */
function removeTree(tree: string, path: string): void {
  const absolutePath = join(tree, path)
  try {
    for (const name of subgroups(absolutePath)) removeTree(tree, join(path, name))
    if (basename(path) === 'conmon') moveProcessesToRoot(absolutePath, tree)
  } catch (error) {
    // The runtime removes cgroups of its own at the same time. Reading one that is just removed fails with ENODEV.
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'ENODEV') throw error
  }
  removeEmpty(absolutePath)
}

/**
 * Podman's monitor outlives its container by a moment. Once it is moved out of the cgroup, the cgroup can be removed.
 */
function moveProcessesToRoot(path: string, tree: string): void {
  for (const pid of readFileSync(join(path, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean)) {
    try {
      writeFileSync(join(tree, 'cgroup.procs'), pid)
    } catch (error) {
      // The process has already ended.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

function removeEmpty(path: string): void {
  try {
    rmdirSync(path)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code !== 'ENOENT' && code !== 'EBUSY' && code !== 'ENOTEMPTY') throw error
  }
}

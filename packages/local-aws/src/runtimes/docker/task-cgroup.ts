/**
 * The cgroup that a task's containers are in, with the limits of the whole task. Only where the runtime makes cgroups on this machine by itself
 * (`cgroupfs`) and we are root; elsewhere each container gets the task's limits for its own.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { TaskSpec } from '../runtime.ts'

const ROOT = '/sys/fs/cgroup'
const PERIOD_US = 100_000
const ATTEMPTS = 30
const AGAIN_MS = 100

export interface TaskCgroups {
  /** Makes the task's cgroup. Answers its path, as a container's parent. */
  make(task: TaskSpec): string
  /** Removes it. Nothing may be running in it; what has just ended may take a moment to be gone. */
  remove(taskId: string): Promise<void>
  /** Removes what is left of all tasks that are not among these. */
  removeOthers(taskIds: ReadonlySet<string>): Promise<void>
}

export function taskCgroups(engine: string): TaskCgroups {
  const unified = existsSync(join(ROOT, 'cgroup.controllers'))
  const trees = unified
    ? [ROOT]
    : readdirSync(ROOT, { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() ? [join(ROOT, entry.name)] : [],
      )
  const home = join('/ecs-api', engine)
  const pathOf = (taskId: string) => join(home, taskId)

  async function remove(taskId: string): Promise<void> {
    const left = () => trees.some((tree) => existsSync(join(tree, pathOf(taskId))))
    for (let tried = 0; left() && tried < ATTEMPTS; tried++) {
      if (tried > 0) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
      for (const tree of trees) removeTree(tree, pathOf(taskId))
    }
    // The engine's own, where this was its last task.
    for (const tree of trees) for (const path of [home, dirname(home)]) removeEmpty(join(tree, path))
  }

  return {
    make(task) {
      const path = pathOf(task.id)
      if (unified) makeUnified(path, task)
      else makeSplit(path, task)
      return path
    },
    remove,
    async removeOthers(taskIds) {
      const left = new Set(trees.flatMap((tree) => (existsSync(join(tree, home)) ? subgroups(join(tree, home)) : [])))
      for (const taskId of left) if (!taskIds.has(taskId)) await remove(taskId)
    },
  }
}

/** cgroup v1: the controllers stand side by side; the runtime makes what else it needs below. */
function makeSplit(path: string, { cpu, memoryMiB }: TaskSpec): void {
  mkdirSync(join(ROOT, 'memory', path), { recursive: true })
  mkdirSync(join(ROOT, 'cpu', path), { recursive: true })
  if (memoryMiB !== undefined)
    writeFileSync(join(ROOT, 'memory', path, 'memory.limit_in_bytes'), String(memoryMiB * 2 ** 20))
  if (cpu !== undefined) {
    writeFileSync(join(ROOT, 'cpu', path, 'cpu.cfs_period_us'), String(PERIOD_US))
    writeFileSync(join(ROOT, 'cpu', path, 'cpu.cfs_quota_us'), String(quotaOf(cpu)))
  }
}

/** cgroup v2: a controller works below only where every cgroup above passes it on. */
function makeUnified(path: string, { cpu, memoryMiB }: TaskSpec): void {
  const full = join(ROOT, path)
  mkdirSync(full, { recursive: true })
  for (const above of [ROOT, dirname(dirname(full)), dirname(full), full]) {
    const offered = readFileSync(join(above, 'cgroup.controllers'), 'utf8').split(/\s+/)
    const wanted = ['cpu', 'memory', 'pids'].filter((controller) => offered.includes(controller))
    writeFileSync(join(above, 'cgroup.subtree_control'), wanted.map((controller) => `+${controller}`).join(' '))
  }
  if (memoryMiB !== undefined) writeFileSync(join(full, 'memory.max'), String(memoryMiB * 2 ** 20))
  if (cpu !== undefined) writeFileSync(join(full, 'cpu.max'), `${quotaOf(cpu)} ${PERIOD_US}`)
}

/** 1024 units are one processor's whole time. */
function quotaOf(cpu: number): number {
  return Math.round((cpu / 1024) * PERIOD_US)
}

function subgroups(path: string): string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
}

/** Bottom up, since a cgroup with others below can't be removed; one in which a container still runs stays. */
function removeTree(tree: string, path: string): void {
  const full = join(tree, path)
  if (!existsSync(full)) return
  for (const name of subgroups(full)) removeTree(tree, join(path, name))
  if (basename(path) === 'conmon') moveOut(full, tree)
  removeEmpty(full)
}

/** Podman's monitor of a container outlives it by a moment; it is not needed here any more. */
function moveOut(path: string, tree: string): void {
  for (const pid of readFileSync(join(path, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean)) {
    try {
      writeFileSync(join(tree, 'cgroup.procs'), pid)
    } catch (error) {
      // It has ended meanwhile.
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

/**
 * The Docker runtime's measurements of a task. tests/containers/metrics.long.test.ts has the metrics that follow from
 * it.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { taskUsageOf } from '../runtimes/docker/container-stats.ts'
import { containerName } from '../runtimes/docker/names.ts'
import { getContainerRuntime, noContainers, shellContainer } from '../testing/containers.ts'
import { neverAborted, openTestRuntime } from '../testing/docker-runtime.ts'

test('a task’s usage is the same from its cgroup and from the statistics of its containers', {
  skip: noContainers,
}, async (t) => {
  const { runtime, newTaskSpec, engineId } = await openTestRuntime(t)
  const spec = newTaskSpec({
    name: 'app',
    ...shellContainer('i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo done; sleep 600'),
  } as Parameters<typeof newTaskSpec>[0])
  await runtime.prepare(spec, neverAborted)
  await runtime.pull(spec, 'app', neverAborted)
  await runtime.start(spec, 'app', neverAborted)
  const stats = () => runtime.stats!(spec, 'app')
  // The line says that the loop has ended: from then on the CPU time stands nearly still.
  const lines = runtime.logs!(spec, 'app', { follow: true, signal: neverAborted })
  for await (const batch of lines) if (batch.some(({ text }) => text.includes('done'))) break
  const { cpuNanoseconds, memoryBytes } = await stats()
  const names = [containerName(engineId, spec.id, 'app'), containerName(engineId, spec.id, 'gone')]
  for (const [source, usage] of Object.entries({
    // From the task's cgroup, where there is one. It has the pause container and the start of each container, too.
    runtime: await runtime.usage!(spec),
    statistics: await taskUsageOf(getContainerRuntime().docker, names),
  })) {
    const { cpuNanoseconds: cpu, memoryBytes: memory } = usage
    assert.ok(cpu >= cpuNanoseconds * 0.9 && cpu <= cpuNanoseconds * 1.5 + 2e8, `${source}: ${cpu}, ${cpuNanoseconds}`)
    assert.ok(memory > 0 && memory < memoryBytes + 64 * 2 ** 20, `${source}: ${memory}, ${memoryBytes}`)
  }
})

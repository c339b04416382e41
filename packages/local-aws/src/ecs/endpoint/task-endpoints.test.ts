import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { systemClock } from '../../clock.ts'
import type { Runtime, TaskSpec } from '../../runtimes/runtime.ts'
import type { AllEcsTables } from '../records/ecs-tables.ts'
import { createTaskEndpoints } from './task-endpoints.ts'

const namespace = { pid: process.pid, address: '127.0.0.1', gateway: '127.0.0.1' }

test('a machine without nsenter has no task endpoint, and leaks no listener', async (t) => {
  const { endpoints, notices } = openEndpoints(t, '/nothing')
  await endpoints.open({} as TaskSpec, namespace)
  assert.match(notices.join(), /not offered here: .*nsenter/)
  await endpoints.close()
  // Ends when the last server's handle is gone, some event loop turns after it closed.
  while (process.getActiveResourcesInfo().includes('TCPServerWrap')) await new Promise(setImmediate)
})

test('a program that exits before it has read the rules does not end the engine', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'nsenter-'))
  t.after(() => rmSync(folder, { recursive: true }))
  symlinkSync('/bin/true', join(folder, 'nsenter'))
  const { endpoints, notices } = openEndpoints(t, folder)
  // Chance decides whether the rules are written before the program exits.
  for (let turn = 0; turn < 100; turn++) await endpoints.open({} as TaskSpec, namespace)
  assert.deepEqual(notices, [])
  await endpoints.close()
})

test('a failure of one task leaves the endpoint of later tasks open, and repeated failures give one notice', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'nsenter-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const program = join(folder, 'nsenter')
  const { endpoints, notices } = openEndpoints(t, folder)
  for (const target of ['/bin/false', '/bin/false', '/bin/true', '/bin/false']) {
    rmSync(program, { force: true })
    symlinkSync(target, program)
    await endpoints.open({} as TaskSpec, namespace)
  }
  // The first two failures are one; the fourth begins anew after a success.
  assert.equal(notices.length, 2, notices.join('\n'))
  await endpoints.close()
})

test('an address that cannot be opened at first is tried again, and leaks no listener', async (t) => {
  const { endpoints, notices } = openEndpoints(t, '/nothing', [
    async () => {
      throw new Error('listen EADDRNOTAVAIL')
    },
  ])
  await endpoints.open({} as TaskSpec, namespace)
  await endpoints.open({} as TaskSpec, namespace)
  assert.match(notices.join('\n'), /^Task metadata .*: listen EADDRNOTAVAIL$/)
  await endpoints.close()
  while (process.getActiveResourcesInfo().includes('TCPServerWrap')) await new Promise(setImmediate)
})

/**
 * @param path the environment variable PATH, which decides which `nsenter` runs
 * @param listens the results of the first calls of `listen`
 */
function openEndpoints(t: TestContext, path: string, listens: (() => Promise<string>)[] = []) {
  const { PATH: before } = process.env
  process.env.PATH = path
  t.after(() => {
    process.env.PATH = before
  })
  const notices: string[] = []
  const endpoints = createTaskEndpoints({
    clock: systemClock,
    assumeRole: () => assert.fail('no role is assumed'),
    allEcsTables: () => ({}) as AllEcsTables,
    runtime: () => ({}) as Runtime,
    listen: () => listens.shift()?.() ?? Promise.resolve('http://127.0.0.1:1'),
    onNotice: (text) => notices.push(text),
    onUnexpectedError: (error) => assert.fail(String(error)),
  })
  return { endpoints, notices }
}

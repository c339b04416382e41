// The systemd unit in deploy/ is accepted by systemd and by the program.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { readConfiguration } from '../../packages/gateway/src/config/read.ts'
import { maxConnections } from '../../packages/gateway/src/http/listening.ts'
import { drainMs } from '../../packages/gateway/src/process/shutdown.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const unit = readFileSync(join(root, 'deploy', 'systemd', 'ecs-api.service'), 'utf8')
const analyze = '/usr/bin/systemd-analyze'
const skip = existsSync(analyze) ? false : 'systemd-analyze is not installed'

/** Reads the settings of a unit, by section. */
function parseUnit(unitText: string): Record<string, [key: string, value: string][]> {
  const sections: Record<string, [string, string][]> = {}
  let current: [string, string][] = []
  for (const line of unitText.split('\n').filter((text) => text !== '' && !text.startsWith('#'))) {
    const [, section] = /^\[(\w+)\]$/.exec(line) ?? []
    if (section) {
      current = []
      sections[section] = current
      continue
    }
    const [, key = '', value = ''] = /^(\w+)=(.*)$/.exec(line) ?? assert.fail(line)
    current.push([key, value])
  }
  return sections
}

test('the systemd unit starts the launcher as an unprivileged user, restarts it always, and reloads by SIGHUP', async () => {
  const { Unit, Service, Install } = parseUnit(unit)
  const service = new Map(Service)
  assert.equal(service.size, Service?.length, 'every key occurs once')
  const [node, launcher = '', ...args] = service.get('ExecStart')!.split(' ')
  const [, folder = '', path = ''] = /^(\/opt\/ecs-api)\/(.+)$/.exec(launcher) ?? []
  assert.deepEqual([node, args], ['/usr/bin/node', ['serve', '--config', '/etc/ecs-api/ecs-api.yaml']])
  assert.ok(existsSync(join(root, path)), path)
  const documentation = Unit?.find(([key]) => key === 'Documentation')?.[1] ?? ''
  assert.ok(existsSync(documentation.replace(`file:${folder}`, root)), documentation)
  const expectedSettings = {
    ExecReload: '/bin/kill -HUP $MAINPID',
    Restart: 'always',
    User: 'ecs-api',
    DynamicUser: 'yes',
    NoNewPrivileges: 'yes',
    CapabilityBoundingSet: '',
    ProtectSystem: 'strict',
    StateDirectory: 'ecs-api',
  }
  assert.deepEqual(
    Object.fromEntries(Object.keys(expectedSettings).map((key) => [key, service.get(key)])),
    expectedSettings,
  )
  assert.ok(Number(service.get('TimeoutStopSec')) * 1000 > drainMs)
  assert.ok(Number(service.get('LimitNOFILE')) > maxConnections)
  assert.deepEqual(Install, [['WantedBy', 'multi-user.target']])
  const environment = Object.fromEntries(
    (service.get('Environment') ?? '').split(' ').map((pair) => pair.split('=') as [string, string]),
  )
  assert.equal((await readConfiguration({ environment })).data, `/var/lib/${service.get('StateDirectory')}`)
})

test('systemd accepts every key and value of the unit', { skip }, () => {
  const folder = join(root, 'node_modules', '.cache', `ecs-api-unit-${process.pid}`)
  mkdirSync(folder, { recursive: true })
  const verify = (unitText: string) => {
    const file = join(folder, 'ecs-api.service')
    // systemd looks for the programs: they are this machine's Node and this repository's launcher.
    writeFileSync(
      file,
      unitText.replaceAll('/usr/bin/node', process.execPath).replaceAll('/opt/ecs-api', root.replace(/\/$/, '')),
    )
    const { stdout, stderr } = spawnSync(analyze, ['verify', '--man=no', file], { encoding: 'utf8' })
    return stdout + stderr
  }
  assert.equal(verify(unit), '')
  assert.match(verify(unit.replace('Restart=', 'Restrat=')), /Restrat/)
  assert.match(verify(unit.replace('Restart=always', 'Restart=ever')), /ever/)
  rmSync(folder, { recursive: true })
})

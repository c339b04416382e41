// Daily commands through pipes: plans, deployments to their verdict, tasks, and what interrupts them.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { environmentWithHome, launcherPath } from './cli-process.ts'
import { api, cli, createService, home, registerDefinition, simulated, variables } from './prod-cluster.ts'

await createService('www', 'web', { count: 2 })
await createService('steady', 'web')

test('deploy shows the plan, asks, applies it, and ends with one verdict', async () => {
  const args = ['deploy', 'www', '--image', 'nginx:1.30', '--env', 'LEVEL=debug']
  const unconfirmed = await cli(args)
  assert.equal(unconfirmed.code, 10)
  assert.match(unconfirmed.stderr, /~ \/containers\/web\/image {2}nginx:1\.29 → nginx:1\.30\n[\s\S]*Confirm with --yes/)
  const plan = await cli([...args, '--plan', '--exit-code', '--json'])
  assert.equal(plan.code, 9)
  assert.equal((await cli([...args, '--plan'])).code, 0)
  const { configVersion } = (await api.get('/local/clusters/prod/services/www')).body
  assert.equal(JSON.parse(plan.stdout).configVersion, configVersion)
  const deployed = await cli([...args, '--yes', '-q'])
  assert.equal(deployed.code, 0, deployed.stderr)
  assert.equal(deployed.stdout, 'prod/www\n')
  const lines = deployed.stderr.trimEnd().split('\n')
  assert.match(lines.at(-1)!, /^✓ prod\/www runs web:\d+: 2 of 2 tasks running after 0:\d\d\.$/)
  assert.equal(lines.filter((line) => line.startsWith('✓')).length, 1)
  const progress = lines.filter((line) => /^\d{4}-/.test(line)).map((line) => line.slice(25))
  assert.match(progress[0]!, /^Deploying web:\d+ to prod\/www \(timeout 15:00\)$/)
  assert.equal(new Set(progress).size, progress.length, 'no line comes twice')
  const unchanged = await cli([...args.slice(0, 4), '--yes'])
  assert.deepEqual([unchanged.code, unchanged.stdout], [0, ''])
  assert.match(unchanged.stderr, /Nothing to do\.\n$/)
  assert.equal((await cli(['deploy', 'www'])).code, 2)
  assert.match((await cli(['deploy', 'www', '--env', 'A', '--unset', 'B=1'])).stderr, /--env "A".*\n--unset "B=1"/)
  const { stdout } = await cli(['diff', 'www', '1', '2'])
  assert.match(stdout, /^Release 1 → 2:\n[\s\S]*~ \/containers\/web\/image {2}nginx:1\.29 → nginx:1\.30\n/)
  const back = await cli(['rollback', 'www', '--to', '1', '--yes', '-q'])
  assert.deepEqual([back.code, back.stdout], [0, 'prod/www\n'], back.stderr)
  assert.match(back.stderr, /Roll prod\/www back to release 1:\n/)
  const releases = JSON.parse((await cli(['releases', 'list', 'www', '--json'])).stdout)
  assert.equal(releases.items[0].restoredFrom, 1)
  const changes = (await cli(['releases', 'list', 'www'])).stdout
  assert.match(changes, /^ +3 +current .* restores 1 .*\n +2 .* image, LEVEL .*\n +1 .* first .*$/m)
})

test('releases list says what each release changed', async () => {
  await registerDefinition('changed')
  await createService('changed', 'changed')
  const changes: string[][] = [
    ['--env', 'LEVEL=debug', '--command', 'sleep 1000'],
    ['--image', 'nginx:1.30', '--cpu', '512', '--memory', '1024', '--health-check', 'true'],
    ['--unset', 'LEVEL'],
  ]
  for (const flags of changes) assert.equal((await cli(['deploy', 'changed', ...flags, '--yes'])).code, 0)
  const changeColumn = async () =>
    (await cli(['releases', 'list', 'changed', '-o', 'tsv'])).stdout
      .trimEnd()
      .split('\n')
      .map((row) => row.split('\t')[3])
  assert.deepEqual(await changeColumn(), ['LEVEL', 'image, health check, cpu and 1 more', 'LEVEL, command', 'first'])
  const { items } = JSON.parse((await cli(['releases', 'list', 'changed', '--json'])).stdout)
  assert.ok(!('change' in items[0]))
})

test('deploy changes the size of the task, alone and with an image', async () => {
  await createService('sized', 'web')
  const args = ['deploy', 'sized', '--cpu', '512', '--memory', '1024']
  const plan = await cli([...args, '--plan'])
  assert.equal(plan.code, 0, plan.stderr)
  assert.match(plan.stdout, /~ \/definition\/cpu {2}256 → 512\n {2}~ \/definition\/memory {2}512 → 1024\n/)
  const deployed = await cli([...args, '--image', 'nginx:1.30', '--yes', '--query', 'taskDefinition', '-o', 'tsv'])
  assert.equal(deployed.code, 0, deployed.stderr)
  const { body } = await api.get(`/local/taskdefs/${deployed.stdout.trim()}`)
  assert.deepEqual([body.cpu, body.memory, body.containerDefinitions[0].image], [512, 1024, 'nginx:1.30'])
})

test('open prints an address that signs a browser in as this token, once', async () => {
  const { code, stdout } = await cli(['open'])
  assert.equal(code, 0)
  const address = new URL(stdout.trim())
  assert.equal(address.pathname, '/')
  const signIn = () =>
    fetch(`${address.origin}/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: address.origin },
      body: JSON.stringify({ oneTimeCode: address.hash.replace('#code=', '') }),
    })
  assert.equal((await signIn()).status, 201)
  assert.equal((await signIn()).status, 401)
})

test('scale, restart and watch follow to the verdict', async () => {
  const scaled = await cli(['scale', 'steady', '3', '--query', 'runningCount'])
  assert.deepEqual([scaled.code, scaled.stdout], [0, '3\n'], scaled.stderr)
  assert.equal((await cli(['restart', 'prod/steady'])).code, 0)
  const detached = await cli(['restart', 'steady', '--detach'])
  assert.match(detached.stdout, /^[\w-]{21}\n$/)
  const watched = await cli(['watch', 'steady', detached.stdout.trim(), '-o', 'jsonl'])
  assert.equal(watched.code, 0, watched.stderr)
  const steps = watched.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.equal(steps.at(-1).status, 'SUCCESSFUL')
  const quietly = await cli(['watch', 'steady', '--quiet', '-q'])
  assert.deepEqual([quietly.code, quietly.stdout, quietly.stderr], [0, 'prod/steady\n', ''])
  const { stdout: deployments } = await cli(['deployments', 'list', 'steady'])
  assert.match(deployments, /Deployed in [^:]+\.\n/)
  assert.equal((await cli(['scale', 'steady', 'many'])).code, 2)
  const same = await cli(['scale', 'steady', '3'])
  assert.deepEqual([same.code, same.stdout], [0, ''])
  assert.equal(same.stderr, 'prod/steady has the count 3 already. Nothing to do.\n')
  const { stdout: releases } = await cli(['releases', 'list', 'steady'])
  assert.match(releases, /^RELEASE +NOW +OUTCOME +CHANGE .*\n(.* restart .*\n)+ +1 .* first .*\n$/)
  const { stdout: before } = await cli(['deployments', 'list', 'steady', '-q'])
  for (const [timeout, why] of [
    ['720h', /A command waits for at most 500h\./],
    ['soon', /It is not a duration: give 90s, 15m or 2h\./],
  ] as const) {
    const rejected = await cli(['restart', 'steady', '--timeout', timeout])
    assert.equal(rejected.code, 2, rejected.stderr)
    assert.match(rejected.stderr, why)
  }
  assert.equal((await cli(['deployments', 'list', 'steady', '-q'])).stdout, before, 'nothing was sent')
})

test('an id that begins with a hyphen is a deployment, not a flag', async () => {
  await createService('hyphened', 'web')
  for (const id of ['-643tbJWo1j1puULNrNMa', '--43tbJWo1j1puULNrNMa']) {
    for (const args of [
      ['watch', 'hyphened', id],
      ['deployments', 'get', 'prod/hyphened', id, '-o', 'json'],
      ['deployments', 'stop', '--yes', 'hyphened', id],
      ['why', '--cluster', 'prod', 'hyphened', '--', id],
    ]) {
      const { code, stderr } = await cli(args)
      assert.equal(code, 5, stderr)
      assert.ok(stderr.includes(id), stderr)
    }
  }
  const { code, stderr } = await cli(['services', 'get', '-web'])
  assert.deepEqual([code, /begins with a hyphen stands at the end, behind --/.test(stderr)], [2, true], stderr)
  assert.equal((await cli(['services', 'get', '-o', 'json', '--', '-web'])).code, 5)
})

test('a timeout exits with 7, and the deployment continues', async () => {
  await createService('late', 'slow', { waitsUntilStable: false })
  const { code, stderr } = await cli(['watch', 'late', '--timeout', '1s'])
  assert.equal(code, 7)
  assert.match(stderr, /✗ prod\/late: after 0:01 the deployment continues \(--timeout\)\. .*\nWatch it: ecs-api watch/)
})

test('the live block shows how long a step takes, since a time would be cut off', async () => {
  await createService('slow-to-start', 'slow', { waitsUntilStable: false })
  const { stderr } = await cli(['watch', 'slow-to-start', '--timeout', '2s', '--progress', 'live'])
  const [block = '', verdict = ''] = stderr.split('✗')
  assert.match(block, /pulling images.* \(\d+ s\)/)
  assert.doesNotMatch(block, /since 20/)
  assert.equal(verdict.match(/new tasks/g)?.length, 1, verdict)
})

test('the live block shows tasks as done when they are healthy, and when ECS can decide on the others', async () => {
  const healthCheck = { command: ['CMD-SHELL', 'curl -f http://localhost/'], retries: 2 }
  await registerDefinition('unchecked', { healthCheck, ...simulated('healthy-after', '3600') })
  await createService('unchecked', 'unchecked', { waitsUntilStable: false })
  const child = spawn(process.execPath, [launcherPath, 'watch', 'unchecked', '--progress', 'live'], {
    env: environmentWithHome(home, variables),
  })
  let stderr = ''
  const decisionTime =
    /unchecked:1 +□ +1 of 1 running, 0 healthy\n[\s\S]* {2}ECS stops a task after 2 failed checks in a row, from (\S+) on/
  for await (const text of child.stderr.setEncoding('utf8')) {
    stderr += text
    if (decisionTime.test(stderr)) break
  }
  child.kill('SIGKILL')
  assert.match(stderr, / {2}the running new task has not passed its health check yet( \(\d+ s\))?\n/)
  const { startedAt } = (await api.get('/local/clusters/prod/services/unchecked/tasks')).body.items[0]
  const secondCheckAt = new Date(Date.parse(startedAt) + 60_000).toTimeString().slice(0, 8)
  assert.equal(decisionTime.exec(stderr)?.[1], secondCheckAt)
})

test('SIGINT stops watching with 130, SIGTERM with 143', async () => {
  await createService('interrupted', 'slow', { waitsUntilStable: false })
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const child = spawn(process.execPath, [launcherPath, 'watch', 'interrupted'], {
      env: environmentWithHome(home, variables),
    })
    let stderr = ''
    const isWatching = Promise.withResolvers<void>()
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
      if (/slow:1: 0 of 1/.test(stderr)) isWatching.resolve()
    })
    await isWatching.promise
    child.kill(signal)
    assert.deepEqual(await once(child, 'close'), [code, null])
    assert.match(
      stderr,
      /The deployment continues\.\nWatch it: ecs-api watch prod\/interrupted .*deployments stop prod\/interrupted/,
    )
  }
})

test('tasks are run, waited for and stopped, with the exit code of the container where that is asked for', async () => {
  const good = await cli(['run', 'exits', '--wait', '-q'])
  assert.deepEqual([good.code, /^prod\/[0-9a-f]{32}\n$/.test(good.stdout)], [0, true], good.stderr)
  const bad = await cli(['run', 'exits-3', '--wait'])
  assert.equal(bad.code, 6)
  assert.match(
    bad.stderr,
    /✗ exits-3: Stopped: web exited with code 3.*\nWhy: ecs-api why prod\/[0-9a-f]{12} {3}Its log: ecs-api logs prod\/[0-9a-f]{12}\n$/,
  )
  for (const [definition, exitCode] of [
    ['exits', 0],
    ['exits-3', 3],
  ] as const) {
    const { code, stderr } = await cli(['run', definition, '--wait', '--exit-with-task'])
    assert.deepEqual([code, /\nIts log: ecs-api logs prod\/[0-9a-f]{12}\n$/.test(stderr)], [exitCode, true], stderr)
  }
  const started = await cli(['run', 'web', '-q', '--', 'sleep', '5'])
  const task = started.stdout.trim()
  const { overrides } = (await api.get(`/local/clusters/prod/tasks/${task.split('/')[1]}`)).body
  assert.deepEqual(overrides.containerOverrides[0].command, ['sleep', '5'])
  const waited = await cli(['run', 'slow', '--wait', '--timeout', '1'])
  assert.deepEqual([waited.code, /The task continues after 0:01/.test(waited.stderr)], [7, true])
  const several = await cli(['run', 'slow', '--count', '2', '--wait', '--timeout', '1'])
  assert.match(several.stderr, /The tasks continue after 0:01/)
  assert.equal((await cli(['stop', task.slice(0, 13)])).code, 10)
  assert.equal(
    (await cli(['stop', task.slice(0, 13), '--yes', '--query', 'desiredStatus', '-o', 'tsv'])).stdout,
    'STOPPED\n',
  )
  assert.match((await cli(['why', bad.stdout.match(/[0-9a-f]{32}/)![0]])).stdout, /exit|code 3/)
})

test('status, why and events describe the services', async () => {
  await createService('unwell', 'broken', { waitsUntilStable: false })
  const { body } = await api.get('/local/clusters/prod/services/unwell/diagnosis')
  const why = await cli(['why', 'unwell', '--json'])
  assert.equal(why.code, 0)
  assert.equal(typeof JSON.parse(why.stdout).summary, typeof body.summary)
  const overview = await cli(['status'])
  assert.match(
    overview.stdout,
    /^local {2}\w+ {2}(1 service needs|\d+ services need) attention in the cluster prod\.\n/,
  )
  await api.put('/local/clusters/quiet', {})
  const quiet = await cli(['status', '--cluster', 'quiet'])
  assert.equal(quiet.stdout, 'local  ok  None of the checked services needs attention in the cluster quiet.\n')
  await api.put('/local/clusters/moving', {})
  await api.post('/local/clusters/moving/services', { name: 'new', taskDefinition: 'slow', count: 1 })
  const moving = await cli(['status', '--cluster', 'moving'])
  assert.match(
    moving.stdout,
    /^local {2}waiting {2}None of .* in the cluster moving, and 1 is changing\.\n {2}moving\/new /,
  )
  const unknown = await cli(['status', '--cluster', 'quite'])
  assert.deepEqual([unknown.code, unknown.stdout], [5, ''])
  assert.match(unknown.stderr, /^Did you mean quiet\?\nClusterNotFound: .*"quite"\.\n/)
  const clustersIn = async (...args: string[]) => {
    const { services } = JSON.parse((await cli(['status', '--json', ...args])).stdout)
    return [...new Set(services.map(({ cluster }: { cluster: string }) => cluster))]
  }
  assert.deepEqual([await clustersIn(), await clustersIn('--cluster', 'quiet')], [['prod'], []])
  assert.match((await cli(['status', 'www'])).stdout, /^prod\/www {2}(ok|waiting) {2}\d of 2 tasks/)
  assert.match((await cli(['events', 'www'])).stdout, /^AT +EVENT\n\d{4}-.*service www/)
  const follow = spawn(process.execPath, [launcherPath, 'events', 'www', '-f'], {
    env: environmentWithHome(home, variables),
  })
  let printed = ''
  const hasFirstEvent = Promise.withResolvers<void>()
  const hasScalingEvent = Promise.withResolvers<void>()
  follow.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
    if (/steady state/.test(printed)) hasFirstEvent.resolve()
    if (/has stopped 2 running tasks/.test(printed)) hasScalingEvent.resolve()
  })
  await hasFirstEvent.promise
  await api.patch('/local/clusters/prod/services/www', { count: 0 })
  await hasScalingEvent.promise
  follow.kill('SIGINT')
  assert.deepEqual(await once(follow, 'close'), [130, null])
  const lines = printed.trimEnd().split('\n')
  assert.equal(new Set(lines).size, lines.length, 'no event comes twice')
})

// The life of a task in the console: the stage that failed is marked as failed, and no later one as done.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { newBrowserProfile, signedInPage, skipReason, startConsoleGateway, waitForText } from './browser.ts'

const skip = skipReason

const program = skip ? undefined : await startConsoleGateway()
const tasks = '/local/clusters/default/tasks'

/** Tasks with docker labels of the simulated runtime, and the stages that their pages show after the first one. */
const lives: [name: string, labels: Record<string, string>, stages: string[], definition?: object][] = [
  [
    'no network',
    { 'network-error': 'no route' },
    ['failed: network or secrets not ready', 'not reached: image pulled (simulated)', 'not reached: running'],
  ],
  [
    'no secret',
    {},
    ['failed: network or secrets not ready', 'not reached: image pulled (simulated)', 'not reached: running'],
    { secrets: [{ name: 'KEY', valueFrom: '/none' }] },
  ],
  [
    'no image',
    { 'pull-error': 'pull access denied' },
    ['done: network and secrets ready', 'failed: image not pulled', 'not reached: running'],
  ],
  [
    'no start',
    { 'start-error': 'exec: not found' },
    ['done: network and secrets ready', 'done: image pulled (simulated)', 'failed: not started'],
  ],
  [
    'an exit code',
    { 'exit-after': '0', 'exit-code': '3' },
    [
      'done: network and secrets ready',
      'done: image pulled (simulated)',
      'done: running',
      'failed: web exited with code 3',
      'done: stopped',
    ],
  ],
  [
    'no memory',
    { 'out-of-memory-after': '0' },
    [
      'done: network and secrets ready',
      'done: image pulled (simulated)',
      'done: running',
      'failed: web exited with code 137',
      'done: stopped',
    ],
  ],
  [
    'the end of a job',
    { 'exit-after': '0' },
    [
      'done: network and secrets ready',
      'done: image pulled (simulated)',
      'done: running',
      'done: stopping',
      'done: stopped',
    ],
  ],
]

const idOf: Record<string, string> = {}

before(async () => {
  if (!program) return
  const { api } = program
  await api.post('/local/clusters', { name: 'default' })
  for (const [i, [name, labels, , more]] of lives.entries()) {
    const dockerLabels = Object.fromEntries(
      Object.entries(labels).map(([label, value]) => [`ecs-api.simulated.${label}`, value]),
    )
    const web = { name: 'web', image: 'nginx:1.29', dockerLabels, ...more }
    const executionRoleArn = 'arn:aws:iam::123456789012:role/execution'
    const family = await api.post('/local/taskdefs', { family: `f${i}`, executionRoleArn, containerDefinitions: [web] })
    assert.equal(family.status, 201, family.text)
    const run = await api.post(`${tasks}?wait=STOPPED`, { taskDefinition: `f${i}` })
    assert.ok(run.status < 300, run.text)
    idOf[name] = run.body.items[0].id
  }
})

test('the stage that failed is marked, and no later one is done', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const stagesOf = async (id: string) => {
    await page.goto(`${url}/console/local/clusters/default/tasks/${id}`)
    await waitForText(page, /Stopped/)
    const stages = await page.getByRole('region', { name: 'Life of the task' }).getByRole('listitem').allInnerTexts()
    // Without their times.
    return stages.map((stage) => stage.replaceAll('\n', ' ').replace(/( \d{1,2} \w{3})? \d\d:\d\d:\d\d$/, ''))
  }
  for (const [name, , stages] of lives)
    await t.test(name, async () => {
      const shown = await stagesOf(idOf[name]!)
      assert.equal(shown[0], 'done: created')
      assert.deepEqual(shown.slice(1, 1 + stages.length), stages)
    })
  await t.test('a container ended before ECS counted the task as started', async () => {
    const { api } = program!
    const image = 'nginx:1.29'
    const label = (name: string, value: string) => ({ [`ecs-api.simulated.${name}`]: value })
    const web = { name: 'web', image, dockerLabels: { ...label('exit-after', '0'), ...label('exit-code', '3') } }
    const containerDefinitions = [
      web,
      { name: 'late', image, dependsOn: [{ containerName: 'web', condition: 'START' }] },
    ]
    await api.post('/local/taskdefs', { family: 'early', containerDefinitions })
    const [task] = (await api.post(`${tasks}?wait=STOPPED`, { taskDefinition: 'early' })).body.items
    assert.equal(task.startedAt, undefined)
    const shown = (await stagesOf(task.id)).slice(2)
    assert.deepEqual(shown, [
      'done: image pulled (simulated)',
      'done: running',
      'failed: web exited with code 3',
      'done: stopped',
    ])
    assert.doesNotMatch(await page.innerText('main'), /before its containers ran/)
    await page.goto(`${url}/console/local/tasks?status=ALL`)
    await page
      .getByRole('row', { name: task.id.slice(0, 8) })
      .getByText('not recorded')
      .waitFor()
  })
  await t.test('a person stopped it before its image was there', async () => {
    const { api } = program!
    const web = { name: 'web', image: 'nginx:1.29', dockerLabels: { 'ecs-api.simulated.pull-delay': '3600' } }
    await api.post('/local/taskdefs', { family: 'slow', containerDefinitions: [web] })
    const { id } = (await api.post(tasks, { taskDefinition: 'slow' })).body.items[0]
    await page.goto(`${url}/console/local/clusters/default/tasks/${id}`)
    await waitForText(page, /in progress: image pulled/)
    const stopped = await api.delete(`${tasks}/${id}?wait=STOPPED`)
    assert.ok(stopped.status < 300, stopped.text)
    assert.deepEqual((await stagesOf(id)).slice(1), [
      'done: network and secrets ready',
      'not reached: image pulled (simulated)',
      'not reached: running',
      'done: stopping',
      'done: stopped',
    ])
  })
})

// The metrics of a service: numbers that can be read, with their units, over a chosen time.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newBrowserProfile, signedInPage, skipReason, startConsoleGateway, webDefinition } from './browser.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway()

test('a chart has short numbers with units, and a time that can be chosen', { skip }, async (t) => {
  const { url, token, api } = program!
  await api.post('/local/clusters', { name: 'prod' })
  await api.post('/local/taskdefs', webDefinition('web'))
  await api.post('/local/clusters/prod/services', { name: 'www', taskDefinition: 'web', count: 1 })
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  // The engine measures once a minute.
  let count = 1
  await page.route(/\/v1\/.*\/services\/www\/metrics/, async (route) => {
    const response = await route.fetch()
    assert.equal(response.status(), 200)
    const { series, ...rest } = await response.json()
    const cpu = { ...series[0], name: 'cpu', statistic: 'average', unit: 'percent' }
    const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()
    const values = [1.4338559585612884, 0.5].slice(0, count)
    const points = values.map((value, i) => [minutesAgo(i), value]).reverse()
    await route.fulfill({ response, json: { ...rest, series: [{ ...cpu, points }] } })
  })
  const asked = (since: string) => page.waitForRequest((request) => request.url().endsWith(`/metrics?since=${since}`))
  const first = asked('3h')
  await page.goto(`${url}/console/local/clusters/prod/services/www/metrics`)
  await first
  const chart = page.getByRole('region', { name: 'CPU' })
  // One value is no line.
  await chart
    .getByText(/^Average 1\.43 %\. Measured since \d\d:\d\d; a line appears after the second value\.$/)
    .waitFor()
  assert.equal(await chart.locator('canvas').count(), 0)
  count = 2
  await page.reload()
  await chart.getByText('1.43 %', { exact: true }).waitFor()
  assert.equal(await chart.getByText(/1\.4338|\(percent\)/).count(), 0)
  await chart.locator('.u-series .u-marker').last().waitFor()
  const colour = await page.evaluate<string>(
    "getComputedStyle([...document.querySelectorAll('.u-series .u-marker')].at(-1)).backgroundColor",
  )
  assert.match(colour, /^rgb\(/)
  const second = asked('7d')
  await page.getByLabel('Show').selectOption('the last 7 days')
  await second
  await chart.getByText('1.43 %', { exact: true }).waitFor()
})

test('a task shows its metrics on request, and why there are none', { skip }, async (t) => {
  const { url, token, api } = program!
  await api.post('/local/clusters', { name: 'plain' })
  await api.post('/local/taskdefs', webDefinition('web'))
  const { body } = await api.post('/local/clusters/plain/tasks?wait=RUNNING', { taskDefinition: 'web' })
  const [{ id }] = body.items
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url().includes('/metrics?')) asked.push(request.url())
  })
  await page.goto(`${url}/console/local/clusters/plain/tasks/${id}`)
  const show = page.getByRole('button', { name: 'Show the metrics' })
  await show.waitFor()
  assert.equal(asked.length, 0)
  await show.click()
  await page
    .getByText(/No cpu, memory: CloudWatch has no metrics of this task\. AWS measures single tasks only/)
    .waitFor()
  assert.match(asked.join(), new RegExp(`^[^,]+/tasks/${id}/metrics\\?since=3h$`))
})

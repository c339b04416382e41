/** Five services, and the rows of a list that a test selects. */
import type { Page } from 'playwright-core'
import { type ConsoleGateway, requireSuccess, webDefinition } from './browser.ts'

export const servicesPath = '/local/clusters/prod/services'
export const listPath = '/console/local/services'
export const serviceNames = ['s1', 's2', 's3', 's4', 's5'] as const

export const createService = ({ api }: ConsoleGateway, name: string, taskDefinition: string, more: object = {}) =>
  requireSuccess(api.post(`${servicesPath}?wait=STABLE`, { name, taskDefinition, count: 1, ...more }))

/** Creates the services s1 to s5 in the cluster prod, and waits until they are steady. */
export async function createFiveServices(program: ConsoleGateway): Promise<void> {
  await requireSuccess(program.api.post('/local/clusters', { name: 'prod' }))
  await requireSuccess(program.api.post('/local/taskdefs', webDefinition('web')))
  for (const name of serviceNames)
    await createService(program, name, 'web', { tags: { team: name === 's1' ? 'shop' : 'web' } })
}

export const box = (page: Page, name: string) => page.getByRole('checkbox', { name: `Select ${name}`, exact: true })
export const bar = (page: Page, noun = 'services') => page.getByRole('region', { name: `Selected ${noun}` })

/** Opens a list, and waits for its first row. */
export async function openList(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await page.getByRole('checkbox').nth(1).waitFor()
}

export async function select(page: Page, ...names: string[]): Promise<void> {
  for (const name of names) await box(page, `prod/${name}`).check()
}

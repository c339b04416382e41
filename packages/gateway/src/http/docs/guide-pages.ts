/** The guides of docs/guides as pages, in the order of a first week with a service. */
import { readFile } from 'node:fs/promises'
import { Marked } from 'marked'
import { NotFound } from '../../problems/problem.ts'
import type { Answer } from '../answer.ts'
import { escaped, page } from './html.ts'

const titles = {
  'first-service': 'A first service',
  'deploy-from-ci': 'Deploy from CI',
  'find-out-why': 'Find out why',
  'read-logs': 'Read logs',
  'open-a-terminal': 'Open a terminal',
  'roll-back': 'Roll back',
  'many-accounts': 'Many accounts',
} as const
type Guide = keyof typeof titles

const folder = new URL('../../../../../docs/guides/', import.meta.url)
const links = Object.entries(titles).map(([name, title]) => `<a href="/docs/guides/${name}">${escaped(title)}</a>`)
const navigation = `<a href="/docs">Reference</a><a href="/docs/problems">Problems</a><h2>Guides</h2>${links.join('')}`
const markdown = new Marked({ gfm: true })

export function guidesPage(): Answer<string> {
  return page('Guides', navigation, `<h1>Guides</h1><ul>${links.map((link) => `<li>${link}</li>`).join('')}</ul>`)
}

/** @throws NotFound for an unknown guide */
export async function guidePage(name: string): Promise<Answer<string>> {
  if (!isGuide(name))
    throw new NotFound('RouteNotFound', `No guide has the name ${name}.`, { next: '/docs/guides lists them.' })
  return page(titles[name], navigation, await markdown.parse(await readFile(new URL(`${name}.md`, folder), 'utf8')))
}

function isGuide(name: string): name is Guide {
  return Object.hasOwn(titles, name)
}

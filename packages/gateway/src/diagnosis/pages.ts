/** The HTML pages of causes: a page for each cause, and a page that lists them. */

import { escapeHtml, htmlPage, textToHtml } from '../http/docs/html.ts'
import { siteNavigation } from '../http/docs/site.ts'
import type { Answer } from '../http/response/answer.ts'
import { NotFound } from '../problems/problem.ts'
import type { Cause } from './cause.ts'
import { causes } from './causes.ts'

const navigation = siteNavigation(
  `<h2>Causes</h2>${causes.map(({ code }) => `<a href="/docs/causes/${code}">${code}</a>`).join('')}`,
)

/** The sentence of a page, by the cause's `retryable`. */
const retrySentences: Readonly<Record<'true' | 'false', string>> = {
  true: 'Trying again with the same configuration can succeed.',
  false: 'Trying again with the same configuration does not help.',
}

export function causesPage(): Answer<string> {
  const rows = causes.map(
    ({ code, severity, title }) =>
      `<tr><td><a href="/docs/causes/${code}">${code}</a></td><td>${severity}</td><td>${textToHtml(title)}</td></tr>`,
  )
  return htmlPage(
    'Causes',
    navigation,
    `<h1>Causes</h1>
<p>Why a task stopped or a service makes no progress. A diagnosis finds a cause by the messages of ECS and of the container runtime, and by exit codes. Where none of them is known, the code is <code>Unknown</code>.</p>
<table><tr><th>code</th><th>severity</th><th>meaning</th></tr>${rows.join('')}</table>`,
  )
}

/** @throws NotFound for an unknown code */
export function causePage(code: string): Answer<string> {
  const cause = causes.find((candidate) => candidate.code === code)
  if (!cause)
    throw new NotFound('RouteNotFound', `No cause has the code ${code}.`, { next: '/docs/causes lists them.' })
  return htmlPage(code, navigation, contentOf(cause), `/docs/causes/${code}`)
}

function contentOf({
  code,
  severity,
  title,
  meaning,
  next,
  nextForLocalAccounts = [],
  retryable,
  source,
}: Cause): string {
  const listOf = (steps: readonly string[]) => steps.map((step) => `<li>${textToHtml(step)}</li>`).join('')
  const steps = listOf(next)
  // A diagnosis names the command of the account's runtime, `docker` or `podman`. The page is for both.
  const stepsLocal = listOf(
    nextForLocalAccounts.map((step) => step.replaceAll('`docker images`', '`podman images` or `docker images`')),
  )
  return `<h1>${escapeHtml(code)}</h1><p><strong>${textToHtml(title)}</strong> (${severity})</p>
<h2>What it means</h2><p>${textToHtml(meaning)}</p>
${steps && `<h2>${stepsLocal ? 'What to do on AWS' : 'What to do'}</h2><ul>${steps}</ul>`}
${stepsLocal && `<h2>What to do on the embedded engine</h2><ul>${stepsLocal}</ul>`}<p>${retrySentences[`${retryable}`]}</p>
<h2>Source</h2><p class="soft">${escapeHtml(source)}</p>`
}

/** One page for each problem code, made from the table of codes. The `type` of a problem is the path of its page. */
import { type ProblemKind, problemCodes, problemKind } from '../../problems/codes.ts'
import { NotFound } from '../../problems/problem.ts'
import type { Answer } from '../response/answer.ts'
import { escapeHtml, htmlPage, textToHtml } from './html.ts'
import { siteNavigation } from './site.ts'

const codes = Object.entries(problemCodes) as [string, ProblemKind][]
const navigation = siteNavigation(
  `<h2>Problems</h2>${codes.map(([code]) => `<a href="/docs/problems/${code}">${code}</a>`).join('')}`,
)

export function problemsPage(): Answer<string> {
  const rows = codes.map(
    ([code, { status, title }]) =>
      `<tr><td><a href="/docs/problems/${code}">${withBreakOpportunities(code)}</a></td><td>${status}</td><td>${textToHtml(title)}</td></tr>`,
  )
  const content = `<h1>Problems</h1>
<p>Every error is <code>application/problem+json</code> (RFC 9457) with one of these codes, or with the name of AWS’s own exception where AWS refused the request.</p>
<table><tr><th>code</th><th>status</th><th>meaning</th></tr>${rows.join('')}</table>`
  return htmlPage('Problems', navigation, content, '/docs/problems')
}

/** Lets a narrow page break a code between its words. */
function withBreakOpportunities(code: string): string {
  return code.replace(/(?<=[a-z])(?=[A-Z])/g, '<wbr>')
}

/** @throws NotFound for an unknown code */
export function problemPage(code: string): Answer<string> {
  const kind = problemKind(code)
  if (!kind)
    throw new NotFound('RouteNotFound', `No problem has the code ${code}.`, { next: '/docs/problems lists them.' })
  const content = `<h1>${escapeHtml(code)}</h1><p><strong>${textToHtml(kind.title)}</strong> (${kind.status})</p>
<h2>What it means</h2><p>${textToHtml(kind.meaning)}</p><h2>What to do</h2><p>${textToHtml(kind.remedy)}</p>`
  return htmlPage(code, navigation, content, `/docs/problems/${code}`)
}

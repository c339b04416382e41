/** The guides and concepts of the folder docs as pages, and the start page that lists them. */
import { readFile } from 'node:fs/promises'
import { posix } from 'node:path'
import { Marked } from 'marked'
import { NotFound } from '../../problems/problem.ts'
import { programFolder } from '../program/program-folder.ts'
import type { Answer } from '../response/answer.ts'
import { escapeHtml, htmlPage } from './html.ts'
import { concepts, type DocPage, guides, siteNavigation } from './site.ts'

const addressesByFile = new Map([...guides.values(), ...concepts.values()].map(({ file, address }) => [file, address]))

const linksTo = (pages: ReadonlyMap<string, DocPage>) =>
  [...pages.values()].map(({ address, title }) => `<a href="${address}">${escapeHtml(title)}</a>`)
const listOf = (pages: ReadonlyMap<string, DocPage>) =>
  `<ul>${linksTo(pages)
    .map((link) => `<li>${link}</li>`)
    .join('')}</ul>`
const navigation = siteNavigation(
  `<h2>Guides</h2>${linksTo(guides).join('')}<h2>Concepts</h2>${linksTo(concepts).join('')}`,
)

export function homePage(): Answer<string> {
  return htmlPage(
    'Documentation',
    navigation,
    `<h1>Documentation</h1>
<h2>Guides</h2><p>One task each, from the start to the end.</p>${listOf(guides)}
<h2>Concepts</h2>${listOf(concepts)}
<h2>Reference</h2><ul><li><a href="/docs/reference">Every request, with its fields and problems</a></li>
<li><a href="/docs/problems">Problems</a>: the codes of errors, and what to do</li>
<li><a href="/docs/causes">Causes</a>: why a task stops or a service makes no progress</li>
<li><a href="/openapi.json">openapi.json</a></li></ul>`,
    '/docs',
  )
}

export function guidesPage(): Answer<string> {
  return htmlPage('Guides', navigation, `<h1>Guides</h1>${listOf(guides)}`, '/docs/guides')
}

/** @throws NotFound for an unknown guide */
export function guidePage(name: string): Promise<Answer<string>> {
  return pageOf(guides.get(name), `No guide has the name ${name}.`)
}

/** @throws NotFound for an unknown concept */
export function conceptPage(name: string): Promise<Answer<string>> {
  return pageOf(concepts.get(name), `No page has the name ${name}.`)
}

async function pageOf(found: DocPage | undefined, missing: string): Promise<Answer<string>> {
  if (!found) throw new NotFound('RouteNotFound', missing, { next: '/docs lists the guides and concepts.' })
  const text = await readFile(new URL(found.file, programFolder('docs')), 'utf8')
  return htmlPage(found.title, navigation, await markdownOf(found.file).parse(text), found.address)
}

/** A link to a file that is not served, such as a source, stays as its text. */
function markdownOf(file: string): Marked {
  const ids = new Map<string, number>()
  return new Marked({
    gfm: true,
    renderer: {
      heading({ tokens, depth, text }) {
        const id = slugOf(text)
        const count = ids.get(id) ?? 0
        ids.set(id, count + 1)
        const uniqueId = count === 0 ? id : `${id}-${count}`
        return `<h${depth} id="${escapeHtml(uniqueId)}">${this.parser.parseInline(tokens)}</h${depth}>\n`
      },
      // Screen readers announce an empty column heading, and pass over an empty cell.
      tablecell(cell) {
        const tag = cell.header && cell.text !== '' ? 'th' : 'td'
        return `<${tag}>${this.parser.parseInline(cell.tokens)}</${tag}>\n`
      },
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens)
        const address = addressOf(href, file)
        return address === undefined ? text : `<a href="${escapeHtml(address)}">${text}</a>`
      },
    },
  })
}

/** The anchor of a heading, made by GitHub's rules. */
function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-')
}

function addressOf(href: string, file: string): string | undefined {
  if (/^(https?:\/\/|#|\/)/.test(href)) return href
  const [path = '', anchor] = href.split('#')
  const address = addressesByFile.get(posix.join(posix.dirname(file), path))
  return address && (anchor === undefined ? address : `${address}#${anchor}`)
}

// Checks the Markdown files: links have targets, decisions have one form, and the architecture page names every folder.
import assert from 'node:assert/strict'
import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { awsAccountSchema, configurationSchema, localAccountSchema } from '../../packages/gateway/src/config/schema.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const pagesOutsideDocs = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'examples/README.md']
const pages = [...pagesOutsideDocs, ...globSync(['docs/**/*.md', 'packages/*/README.md'], { cwd: root }).sort()]
const decisions = pages.filter((page) => /^docs\/decisions\/\d{4}-/.test(page))
const read = (page: string) => readFileSync(join(root, page), 'utf8')

const maxWidth = 120

/** The lines of a page outside code blocks, each with its number. */
function proseLines(page: string): [number: number, line: string][] {
  let isCode = false
  return read(page)
    .split('\n')
    .map((line, i): [number, string] => [i + 1, line])
    .filter(([, line]) => {
      const isFence = line.trimStart().startsWith('```')
      if (isFence) isCode = !isCode
      return !isFence && !isCode
    })
}

/** The fragments that GitHub gives the headings of a page. */
function headingFragments(page: string): Set<string> {
  const fragments = new Set<string>()
  for (const [, line] of proseLines(page)) {
    const [, heading] = /^#{1,6} (.+)$/.exec(line) ?? []
    if (heading === undefined) continue
    const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
    const slug = text.replace(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-')
    let fragment = slug
    for (let n = 1; fragments.has(fragment); n++) fragment = `${slug}-${n}`
    fragments.add(fragment)
  }
  return fragments
}

interface Link {
  line: number
  target: string
}

/** The relative links and pictures of a page. Code spans are left out. */
function linksOf(page: string): Link[] {
  return proseLines(page).flatMap(([line, text]) => {
    const inline = [...text.replace(/`[^`]*`/g, 'code').matchAll(/\]\(([^)\s]+)\)/g)]
    const definition = /^\[[^\]]+\]: (\S+)/.exec(text)
    return [...inline, ...(definition ? [definition] : [])]
      .map(([, target = '']) => ({ line, target }))
      .filter(({ target }) => !/^[a-z]+:/.test(target))
  })
}

/** The reason why a link has no target, or undefined if it has one. */
function brokenLinkReason(page: string, { target }: Link): string | undefined {
  const [path = '', fragment] = target.split('#')
  const file = path === '' ? page : relative(root, join(root, dirname(page), decodeURIComponent(path)))
  if (!existsSync(join(root, file))) return 'there is no such file'
  if (fragment === undefined) return undefined
  if (!file.endsWith('.md')) return 'only headings of Markdown files have a fragment'
  return headingFragments(file).has(fragment) ? undefined : `${file} has no such heading`
}

test('every relative link leads to an existing file and heading', () => {
  const links = pages.flatMap((page) => linksOf(page).map((link) => ({ page, link })))
  assert.ok(links.length > 100, `only ${links.length} links were found`)
  const broken = links.flatMap(({ page, link }) => {
    const reason = brokenLinkReason(page, link)
    return reason === undefined ? [] : [`${page}:${link.line} ${link.target}: ${reason}`]
  })
  assert.deepEqual(broken, [])
})

test('a link to a missing file or heading is reported', () => {
  const link = (target: string) => ({ line: 1, target })
  assert.equal(brokenLinkReason('README.md', link('docs/access.md#the-store')), undefined)
  assert.match(brokenLinkReason('README.md', link('docs/access.md#the-shop')) ?? '', /no such heading/)
  assert.match(brokenLinkReason('docs/access.md', link('README.md')) ?? '', /no such file/)
})

test('no line of prose is wider than 120 characters', () => {
  const wideLines = pages.flatMap((page) =>
    proseLines(page)
      .filter(([, line]) => !line.trimStart().startsWith('|') && widthOf(line) > maxWidth)
      .map(([number, line]) => `${page}:${number} has ${line.length} characters`),
  )
  assert.deepEqual(wideLines, [])
})

/** A long link cannot be broken, so only the text of a line's longest link counts. */
function widthOf(line: string): number {
  const targets = [...line.matchAll(/\]\([^)]*\)|https?:\/\/\S+/g)].map(([link]) => link.length)
  return line.length - Math.max(0, ...targets)
}

test('every decision has the same form: number and title, then its date and status', () => {
  const numbers = new Set<string>()
  for (const page of decisions) {
    const number = basename(page).slice(0, 4)
    assert.ok(!numbers.has(number), `${number} is the number of two decisions`)
    numbers.add(number)
    const [title = '', blank, status = ''] = read(page).split('\n')
    assert.match(title, new RegExp(`^# ${number}: [A-Z].*[^.]$`), page)
    assert.equal(blank, '', `${page}: a blank line follows the title`)
    assert.match(status, /^\d{4}-\d{2}-\d{2} · (accepted|replaced by \d{4})$/, page)
  }
})

test('the index of decisions has a row for each, with its title, date and status', () => {
  const rows = read('docs/decisions/README.md')
    .split('\n')
    .filter((line) => /^\| \[?\d{4}/.test(line))
  const expected = decisions.map((page) => {
    const [title = '', , status = ''] = read(page).split('\n')
    const [, number, name] = /^# (\d{4}): (.+)$/.exec(title) ?? []
    return `| [${number}](${basename(page)}) | ${name} | ${status.replace(' · ', ' | ')} |`
  })
  assert.deepEqual(rows, expected)
})

/** Folders whose subfolders the architecture page names, too. */
const foldersWithNamedSubfolders = [
  'packages/local-aws/src/ecs',
  'packages/gateway/src/aws',
  'packages/gateway/src/cache',
]

function foldersIn(path: string): string[] {
  return readdirSync(join(root, path))
    .filter((name) => statSync(join(root, path, name)).isDirectory())
    .map((name) => `${path}/${name}`)
}

test('the architecture page names every folder of each package, and no missing folder', () => {
  const sections = read('docs/architecture.md').split(/^## /m)
  for (const source of globSync('packages/*/src', { cwd: root }).sort()) {
    const section = sections.find((text) => text.startsWith(`${dirname(source)}\n`))
    assert.ok(section, `docs/architecture.md has no section "${dirname(source)}"`)
    const nestedFolders = foldersWithNamedSubfolders.filter((path) => path.startsWith(`${source}/`))
    const existing = [source, ...nestedFolders].flatMap(foldersIn).map((path) => `${relative(source, path)}/`)
    const rows = [...section.matchAll(/^\| ((?:`[^`]+\/`(?:, )?)+) \|/gm)]
    const named = rows.flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))
    assert.deepEqual(
      existing.filter((folder) => !named.includes(folder)),
      [],
      `${source}: not named`,
    )
    assert.deepEqual(
      named.filter((folder) => !existsSync(join(root, source, folder))),
      [],
      `${source}: named, but missing`,
    )
  }
})

test('docs/configuration.md describes every key', () => {
  const described = read('docs/configuration.md')
    .split('\n')
    .flatMap((line) => [...(/^\| ((?:`[^`]+`(?:, )?)+) \|/.exec(line)?.[1]?.matchAll(/`([^`]+)`/g) ?? [])])
    .map(([, key = '']) => key.replace(/^(accounts\.NAME)?\./, 'accounts.NAME.').split('.'))
  const keysAt = (...prefix: string[]) =>
    new Set(
      described.filter((path) => prefix.every((name, i) => path[i] === name)).map((path) => path[prefix.length] ?? ''),
    )
  const missing = (schema: { properties: Record<string, object> }, keys: ReadonlySet<string>) =>
    Object.entries(schema.properties)
      .filter(([name, key]) => !keys.has(name) && !('removed' in key) && !('later' in key))
      .map(([name]) => name)
  assert.deepEqual(missing(configurationSchema, keysAt()), [])
  const ofAccounts = keysAt('accounts', 'NAME')
  assert.deepEqual([...missing(awsAccountSchema, ofAccounts), ...missing(localAccountSchema, ofAccounts)], [])
})

// The sizes of the console's build, gzipped as a browser receives it.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const folder = fileURLToPath(new URL('../../packages/console/dist/', import.meta.url))
const files = readdirSync(folder).filter((name) => /\.(html|js|css)$/.test(name))
const read = (name: string) => readFileSync(folder + name, 'utf8')
const sizeOf = (names: Iterable<string>) =>
  [...names].reduce((sum, name) => sum + gzipSync(readFileSync(folder + name)).byteLength, 0)

/** The files that a file waits for: scripts, styles and preloads of a document, static imports of a script. */
function neededBy(name: string): string[] {
  const text = read(name)
  const found = name.endsWith('.html')
    ? text.matchAll(/<(?:script|link)\b[^>]*\b(?:src|href)="\/console\/assets\/([^"]+)"/g)
    : name.endsWith('.js')
      ? text.matchAll(/\b(?:import|from)\s*["']\.\/([^"']+)["']/g)
      : []
  return [...found].map((match) => match[1]!)
}

function allNeededBy(name: string, known = new Set<string>()): Set<string> {
  if (known.has(name)) return known
  known.add(name)
  for (const each of neededBy(name)) allNeededBy(each, known)
  return known
}

const chunk = (pattern: RegExp) => {
  const name = files.find((each) => pattern.test(each))
  assert.ok(name, `no file of the build is named ${pattern}`)
  return name
}

test('the first page waits for at most 130 kB', (t) => {
  const needed = allNeededBy('index.html')
  assert.ok([...needed].some((name) => name.endsWith('.js')) && [...needed].some((name) => name.endsWith('.css')))
  const bytes = sizeOf(needed)
  t.diagnostic(`${bytes} bytes in ${needed.size} files`)
  assert.ok(bytes <= 130_000, `${bytes} bytes: ${[...needed].map((name) => `${name} ${sizeOf([name])}`).join(', ')}`)
})

test('beyond the first page: the terminal at most 90 kB, the charts 25 kB, the editor of documents 125 kB', (t) => {
  const first = allNeededBy('index.html')
  const terminal = sizeOf([...allNeededBy('terminal.html')].filter((name) => !first.has(name)))
  const charts = sizeOf([chunk(/^metrics-.*\.js$/), chunk(/^metrics-.*\.css$/)])
  const form = allNeededBy(chunk(/^new-task-definition-.*\.js$/))
  const editor = sizeOf([...allNeededBy(chunk(/^document-editor-.*\.js$/))].filter((name) => !form.has(name)))
  t.diagnostic(`terminal ${terminal} bytes, charts ${charts} bytes, editor ${editor} bytes`)
  assert.ok(terminal <= 90_000, `the terminal has ${terminal} bytes`)
  assert.ok(charts <= 25_000, `the charts have ${charts} bytes`)
  assert.ok(editor <= 125_000, `the editor has ${editor} bytes`)
})

test('no page before them waits for the terminal, the charts or the editor', () => {
  const needed = [...allNeededBy('index.html')]
  assert.deepEqual(
    needed.filter((name) => /^(terminal|metrics|document-editor)-/.test(name)),
    [],
  )
  assert.doesNotMatch(
    needed
      .filter((name) => name.endsWith('.js'))
      .map(read)
      .join('\n'),
    /uplot|xterm-|cm-content/i,
  )
})

test('no form waits for the editor of documents', () => {
  for (const form of [/^new-service-.*\.js$/, /^new-task-definition-.*\.js$/, /^service-dialogs-.*\.js$/])
    assert.equal(
      [...allNeededBy(chunk(form))].find((name) => name.startsWith('document-editor-')),
      undefined,
    )
})

test('the build refers to no other host', () => {
  // Names of XML, and an address in the text of an error: no browser requests them.
  const names = /^https?:\/\/(www\.w3\.org\/(1998|1999|2000|XML)\/|react\.dev\/errors\/)/
  for (const name of files) {
    const addresses = read(name).match(/(https?:)?\/\/[\w-]+(\.[\w-]+)+[^\s"'`)]*/g) ?? []
    assert.deepEqual(
      addresses.filter((address) => !names.test(address)),
      [],
      name,
    )
    assert.doesNotMatch(read(name), /sourceMappingURL=https?:|@import|url\(["']?(https?:)?\/\//)
  }
})

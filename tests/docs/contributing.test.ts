// The examples of CONTRIBUTING.md that name a file compile as that file, with the names that the code has today.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))

test('the examples of CONTRIBUTING.md compile', async (t) => {
  // Below node_modules, so that imports of packages are found.
  mkdirSync(join(root, 'node_modules/.cache'), { recursive: true })
  const folder = mkdtempSync(join(root, 'node_modules/.cache/contributing-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')
  const files = [...text.matchAll(/`(packages\/[^`]+\.ts)`:\n\n```ts\n(.*?)```/gs)].map(([, path = '', code = '']) => {
    mkdirSync(join(folder, dirname(path)), { recursive: true })
    writeFileSync(join(folder, path), code)
    return path
  })
  assert.equal(files.length, 5)
  // With `rootDirs`, a relative import is also searched in the folder of the same name in the checkout.
  const options = { noEmit: true, rootDirs: [root, folder] }
  const project = { extends: join(root, 'tsconfig.json'), compilerOptions: options, files, include: [] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project))
  const { stdout } = await promisify(execFile)(join(root, 'node_modules/.bin/tsc'), ['-p', folder]).catch(
    (error) => error,
  )
  assert.equal(stdout, '')
})

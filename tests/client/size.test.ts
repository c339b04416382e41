// The sizes of the client in a browser: bundled, minified, gzipped.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const resolveDir = fileURLToPath(new URL('../../packages/client', import.meta.url))

/** @returns bytes */
async function sizeOf(program: string): Promise<number> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir, loader: 'ts' },
    ...{
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      write: false,
      metafile: true,
    },
  })
  assert.ok(Object.keys(metafile.inputs).every((path) => path === '<stdin>' || path.includes('packages/client/src/')))
  return gzipSync(outputFiles[0]!.contents).byteLength
}

const programWith = (names: string, from: string) => `import { ${names} } from '${from}'\nconsole.log(${names})`
const budgets: [name: string, maxBytes: number, program: string][] = [
  ['the whole client', 8000, programWith('createClient, responseMeta, isProblem', './src/index.ts')],
  ['the sentences', 3072, programWith('serviceSentence, taskSentence, deploymentSentence', './src/words/index.ts')],
  ['a program with two nouns', 4000, programWith('connect, releases, taskDefinitions', './src/index.ts')],
  ['a program with two nouns and streams', 5000, programWith('connect, clusters, taskDefinitions', './src/index.ts')],
]

for (const [name, maxBytes, program] of budgets)
  test(`${name}: at most ${maxBytes} bytes gzipped`, async (t) => {
    const bytes = await sizeOf(program)
    t.diagnostic(`${bytes} bytes`)
    assert.ok(bytes <= maxBytes, `${bytes} bytes`)
  })

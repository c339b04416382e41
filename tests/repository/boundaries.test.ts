// The check of imports (.dependency-cruiser.mjs) reports violations. An earlier set-up found no import at all and
// exited with 0.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'ecs-api-boundaries-'))
after(() => rmSync(folder, { recursive: true }))
cpSync(join(root, '.dependency-cruiser.mjs'), join(folder, '.dependency-cruiser.mjs'))
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))

function writeTree(files: Record<string, string>): void {
  rmSync(join(folder, 'packages'), { recursive: true, force: true })
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, 'packages', path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}

function checkImports(): { status: number | null; output: string } {
  const tool = join(root, 'node_modules', 'dependency-cruiser', 'bin/dependency-cruiser.mjs')
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [tool, '--config', '.dependency-cruiser.mjs', '--output-type', 'err', 'packages'],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  )
  return { status, output: stdout + stderr }
}

const treeWithoutViolations = {
  'gateway/src/main.ts': "import './compose.ts'\n",
  'gateway/src/compose.ts': "import { list } from './clusters/list.ts'\nconsole.log(list)\n",
  'gateway/src/clusters/list.ts':
    "import { Problem } from '../problems/problem.ts'\nexport const list = new Problem()\n",
  'gateway/src/problems/problem.ts': 'export class Problem {}\n',
}

test('a source tree without violations passes', () => {
  writeTree(treeWithoutViolations)
  const { status, output } = checkImports()
  assert.equal(status, 0, output)
  assert.match(output, /4 modules, 3 dependencies cruised/)
})

const violations: [rule: string, file: string, text: string][] = [
  [
    'no-cycles',
    'gateway/src/problems/problem.ts',
    "import type { Other } from './other.ts'\nexport class Problem {\n  other?: Other\n}\n",
  ],
  [
    'gateway-problems',
    'gateway/src/problems/problem.ts',
    "import { list } from '../clusters/list.ts'\nexport class Problem {\n  all = list\n}\n",
  ],
  [
    'gateway-clusters',
    'gateway/src/clusters/list.ts',
    "import { run } from '../tasks/run.ts'\nexport const list = run\n",
  ],
  ['ecs-model-imports-no-package', 'ecs-model/src/index.ts', "export * from '../../gateway/src/problems/problem.ts'\n"],
  ['engine-knows-no-gateway', 'local-aws/src/index.ts', "export * from '../../gateway/src/problems/problem.ts'\n"],
  [
    'engine-by-commands-and-process',
    'gateway/src/clusters/list.ts',
    "export * from '../../../local-aws/src/index.ts'\nexport const list = 1\n",
  ],
  ['client-by-itself', 'client/src/index.ts', "export * from '../../ecs-model/src/index.ts'\n"],
  ['client-node-is-an-entry-of-its-own', 'client/src/index.ts', "export * from './node/index.ts'\n"],
  ['client-words-by-themselves', 'client/src/words/index.ts', "export * from '../index.ts'\n"],
  ['gateway-starts-alone', 'cli/src/main.ts', "import './run.ts'\n"],
  [
    'http-without-fetch',
    'gateway/src/clusters/list.ts',
    "import { request } from 'node:http'\nexport const list = request\n",
  ],
  ['not-to-unresolvable', 'gateway/src/clusters/list.ts', "export * from './nowhere.ts'\nexport const list = 1\n"],
]
/** Files that the violations import. */
const importedFiles = {
  'gateway/src/problems/other.ts':
    "import type { Problem } from './problem.ts'\nexport interface Other {\n  problem: Problem\n}\n",
  'gateway/src/tasks/run.ts': 'export const run = 1\n',
  'local-aws/src/index.ts': 'export const engine = 1\n',
  'cli/src/run.ts': 'export const run = 1\n',
  'client/src/index.ts': 'export const client = 1\n',
  'client/src/node/index.ts': 'export const transport = 1\n',
  'client/src/words/index.ts': 'export const words = 1\n',
}

for (const [rule, file, text] of violations) {
  test(`a planted violation of ${rule} is reported`, () => {
    writeTree({ ...treeWithoutViolations, ...importedFiles, [file]: text })
    const { status, output } = checkImports()
    assert.notEqual(status, 0, output)
    assert.match(output, new RegExp(`error ${rule}: `), output)
  })
}

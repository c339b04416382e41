/** Secrets that are weak, misplaced or readable by others, and broken files: each is reported with its key or file. */
import assert from 'node:assert/strict'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { newFolder, startCli, startGatewayProcess } from '../testing/process.ts'

async function folderWith(t: TestContext, files: Record<string, string>): Promise<string> {
  const { folder, remove } = await newFolder()
  t.after(remove)
  await mkdir(join(folder, 'data'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o600 })
  return folder
}

async function runToEnd(args: string[], folder: string, env: Record<string, string> = {}) {
  const { exit, output } = startCli(args, { folder, env })
  return { code: (await exit).code, ...output() }
}

test('a short admin token ends the start on a public address, and is a warning on loopback', async (t) => {
  const folder = await folderWith(t, {})
  const open = await runToEnd(['serve'], folder, { ECS_API_LISTEN: '0.0.0.0:0', ECS_API_TOKEN: 'x' })
  assert.equal(open.code, 11)
  assert.match(open.stderr, /token: has 1 characters; a service that other machines can reach needs at least 16/)
  const { child, exit, waitForOutput } = startCli(['serve'], { folder, env: { ECS_API_TOKEN: 'x' } })
  await waitForOutput(/the admin token has 1 characters and can be guessed/)
  child.kill('SIGTERM')
  await exit
  const checked = await runToEnd(['check'], folder, { ECS_API_TOKEN: 'x' })
  assert.match(checked.stdout, /⚠ the admin token has 1 characters/)
})

test('a truncated token file is rejected', async (t) => {
  const folder = await folderWith(t, { 'data/token': 'abc\n' })
  const { code, stderr } = await runToEnd(['serve'], folder)
  assert.equal(code, 11)
  assert.match(stderr, /The token in data\/token is cut short/)
})

test('a token file that others may read gives a warning at the start and in check', async (t) => {
  const folder = await folderWith(t, { 'data/token': `${'t'.repeat(43)}\n` })
  await chmod(join(folder, 'data/token'), 0o644)
  const warning = /the token file data\/token has mode 0644, so other users can read it; run chmod 600 data\/token/
  assert.match((await runToEnd(['check'], folder)).stdout, warning)
  const { child, exit, waitForOutput } = await startGatewayProcess({ folder })
  await waitForOutput(warning)
  child.kill('SIGTERM')
  await exit
})

test('passwords in URLs in the file are rejected', async (t) => {
  const folder = await folderWith(t, {
    'ecs-api.yaml': `store: postgres://me:sesame@db.example/ecs
storeKey: env:KEY
accounts:
  prod: { region: eu-west-1, proxy: "http://me:sesame@proxy.example:3128" }
`,
  })
  const { code, stderr } = await runToEnd(['serve'], folder, { KEY: 'k' })
  assert.equal(code, 11)
  assert.match(stderr, /store: a password must not be in the configuration file/)
  assert.match(stderr, /accounts\.prod\.proxy: a password must not be in the configuration file/)
  assert.doesNotMatch(stderr, /sesame/)
})

test('the error of an unquoted * says that it must be quoted', async (t) => {
  const folder = await folderWith(t, { 'ecs-api.yaml': 'cors: { origins: [*] }\n' })
  const { code, stderr } = await runToEnd(['serve'], folder)
  assert.equal(code, 11)
  assert.match(stderr, /must be quoted|Alias cannot be an empty string/)
  assert.doesNotMatch(stderr, /\n {4}at /)
  const aliased = await runToEnd(['serve'], await folderWith(t, { 'ecs-api.yaml': 'listen: *here\n' }))
  assert.match(aliased.stderr, /a value that begins with \* or & must be quoted/)
  assert.doesNotMatch(aliased.stderr, /\n {4}at /)
})

for (const [file, named] of [
  ['data/ecs-api.db', /data\/ecs-api\.db: file is not a database/],
  ['data/local-aws/keys.json', /keys\.json are not JSON/],
  ['data/local-aws/state.db', /state\.db: file is not a database/],
] as const)
  test(`a broken ${file} ends the start with an error that names the file`, async (t) => {
    const folder = await folderWith(t, {})
    await mkdir(join(folder, 'data/local-aws'))
    await writeFile(join(folder, file), 'this is not what it should be'.repeat(100), { mode: 0o600 })
    const { code, stderr } = await runToEnd(['serve'], folder)
    assert.equal(code, 11)
    assert.match(stderr, named)
    assert.doesNotMatch(stderr, /\n {4}at /)
  })

test('check tests the store and changes nothing', async (t) => {
  const folder = await folderWith(t, {})
  const fine = await runToEnd(['check'], folder)
  assert.deepEqual([fine.code, /✔ the store in \.\/data\n/.test(fine.stdout)], [0, true], fine.stdout)
  await writeFile(join(folder, 'data/ecs-api.db'), 'no database'.repeat(100))
  const broken = await runToEnd(['check'], folder)
  assert.deepEqual(
    [broken.code, /✖ the store in \.\/data: .*ecs-api\.db: file is not a database/.test(broken.stdout)],
    [11, true],
    broken.stdout,
  )
  const unreachable = await runToEnd(
    ['check'],
    await folderWith(t, {
      'ecs-api.yaml': 'store: env:URL\nstoreKey: env:KEY\naccounts: { a: { region: eu-west-1 } }\n',
    }),
    {
      URL: 'postgres://me:sesame@127.0.0.1:9/none',
      KEY: 'k',
    },
  )
  assert.match(unreachable.stdout, /✖ the store on PostgreSQL: .*ECONNREFUSED/)
  assert.doesNotMatch(unreachable.stdout, /sesame/)
})

// The commands that the pages of the console show: a shell runs each of them, and gets the data of the page.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { launcherPath, newFolder } from '../cli/cli-process.ts'
import {
  allPages,
  createExampleServices,
  newBrowserProfile,
  openServiceMenu,
  signedInPage,
  skipReason,
  startConsoleGateway,
  waitForText,
} from './browser.ts'

const skip = skipReason
const program = skip ? undefined : await startConsoleGateway()
const exampleIds = program && (await createExampleServices(program))

interface Run {
  code: number
  stdout: string
  stderr: string
}

/** Runs a line as a person would paste it into a shell. */
function runInShell(line: string): Promise<Run> {
  const { url, token } = program!
  const home = newFolder()
  writeFileSync(join(home, 'ecs-api'), `#!/bin/sh\nexec '${process.execPath}' '${launcherPath}' "$@"\n`, {
    mode: 0o755,
  })
  const env = { PATH: `${home}:${process.env.PATH}`, HOME: home, ECS_API_URL: url, ECS_API_TOKEN: token, TOKEN: token }
  return new Promise((resolve) => {
    const child = execFile('/bin/sh', ['-c', line], { env, cwd: home }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    )
    child.stdin?.end()
  })
}

/** Pages without such commands, and the log, whose commands do not end. */
const pagesWithoutCommands = new Set(['overview', 'logs', 'newtaskdef', 'newservice', 'audit', 'missing'])

test('the commands of every page run', { skip, timeout: 300_000 }, async (t) => {
  const { url, token } = program!
  const profile = await newBrowserProfile(t, url, { expectedErrors: [/409 \(Conflict\).*\/exec\)$/] })
  const page = await signedInPage(profile, url, token)
  for (const [name, [path, text]] of Object.entries(allPages(exampleIds!)))
    await t.test(name, async () => {
      await page.goto(url + path)
      await waitForText(page, text)
      const details = page.locator('details').filter({ hasText: 'curl and command line' })
      if (pagesWithoutCommands.has(name)) return
      await details.locator('summary').click()
      const [cli = '', curl = ''] = await details.locator('code').allInnerTexts()
      const [ofCli, ofCurl] = await Promise.all([runInShell(cli), runInShell(curl.replace('curl ', 'curl -sS '))])
      if (name === 'terminal') {
        // A pipe is no terminal, and simulated containers have no shell.
        assert.match(cli, new RegExp(`^ecs-api exec local/prod/${exampleIds!.runningTask} -c web$`))
        assert.match(ofCli.stderr, /An interactive session needs a terminal/)
        assert.equal(JSON.parse(ofCurl.stdout).status, 409, ofCurl.stdout)
        return
      }
      // `status` of a service that fails has an exit code of its own.
      if (name !== 'failing') assert.equal(ofCli.code, 0, `${cli}: ${ofCli.stderr}`)
      assert.notEqual(ofCli.stdout, '', cli)
      assert.equal(JSON.parse(ofCurl.stdout).code, undefined, `${curl}: ${ofCurl.stdout}`)
    })
})

test('the CLI takes the command of every change', { skip, timeout: 300_000 }, async (t) => {
  const { url, token, api } = program!
  await api.post('/local/clusters', { name: 'empty' })
  const page = await signedInPage(await newBrowserProfile(t, url), url, token)
  const prod = '/console/local/clusters/prod'
  for (const [button, path] of [
    ...['Scale…', 'Roll back…', 'Restart…', 'Delete…'].map((name) => [name, `${prod}/services/www`] as const),
    ['Stop deployment…', `${prod}/services/api`],
    ['Stop…', `${prod}/tasks/${exampleIds!.runningTask}`],
    ['Delete…', '/console/local/clusters/empty'],
    ['Deregister web:1…', '/console/local/taskdefs/web:1'],
  ] as const)
    await t.test(`${button} on ${path}`, async () => {
      await page.goto(url + path)
      if (button === 'Delete…' && path.includes('/services/')) await openServiceMenu(page)
      await page.getByRole('button', { name: button, exact: true }).click()
      const dialog = page.getByRole('dialog')
      if (button === 'Scale…') await dialog.getByLabel('Desired count').fill('4')
      await dialog.getByText('Loading the plan.').waitFor({ state: 'detached' })
      await dialog.locator('summary').filter({ hasText: 'curl and command line' }).click()
      const cli = await dialog.locator('.command code').first().innerText()
      // The CLI prints the requests and sends none that changes anything.
      const { code, stderr } = await runInShell(`${cli} --yes --curl`)
      assert.equal(code, 0, `${cli}: ${stderr}`)
    })
  for (const [button, path] of [
    ['Restart…', '/console/local/services'],
    ['Stop deployment…', '/console/local/services'],
    ['Tags…', '/console/local/services'],
    ['Stop…', '/console/local/tasks'],
  ] as const)
    await t.test(`${button} on the selected rows of ${path}`, async () => {
      await page.goto(url + path)
      await page.getByRole('checkbox', { name: 'Select all' }).check()
      await page
        .getByRole('region', { name: /^Selected/ })
        .getByRole('button', { name: button })
        .click()
      const dialog = page.getByRole('dialog')
      if (button === 'Tags…') await dialog.getByLabel('Set tags').fill('owner=me and you')
      await dialog
        .getByRole('button', { name: / \d (service|deployment|task)s?$/ })
        .and(page.locator('[aria-disabled="false"]'))
        .waitFor()
      await dialog.locator('summary').filter({ hasText: 'curl and command line' }).click()
      const commands = (await dialog.locator('.command code').first().innerText()).split('; ')
      const expectedCount = button === 'Stop deployment…' ? 1 : button === 'Stop…' ? 3 : 2
      assert.equal(commands.length, expectedCount, commands.join())
      for (const cli of commands) {
        const { code, stderr } = await runInShell(`${cli} --yes --curl`)
        assert.equal(code, 0, `${cli}: ${stderr}`)
      }
    })
})

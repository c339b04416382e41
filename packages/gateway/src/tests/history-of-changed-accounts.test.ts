/**
 * The configuration gives an account name to another account number, Region or boundary. The history that was recorded
 * for the earlier one must not show under the new one.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AwsSettings } from '../config/settings.ts'
import { startOrgsOnOneEngine, webDefinition } from '../testing/orgs.ts'

const others: [changed: string, org: string | undefined, more: Partial<AwsSettings>][] = [
  ['account number', undefined, { credentials: { accessKeyId: '444455556666', secretAccessKey: 'any' } }],
  ['Region', undefined, { region: 'eu-west-1' }],
  ['boundary', 'mine', {}],
]
const clusterPath = '/shared/clusters/prod'
const idsOf = ({ body }: { body: { items: { id: string }[] } }) => body.items.map(({ id }) => id)

for (const [changed, org, more] of others) {
  test(`the history of an account is hidden while its name is configured with another ${changed}, and shows again afterwards`, async () => {
    // Resources of the first engine are unknown to the later engines, as if ECS had forgotten them.
    const [earlier, later, latest] = [
      await startOrgsOnOneEngine(),
      await startOrgsOnOneEngine(),
      await startOrgsOnOneEngine(),
    ]
    const { api, replaceAccounts } = await earlier.startGateway(undefined)
    const createService = async () => {
      await api.post('/shared/clusters', { name: 'prod' })
      await api.post('/shared/taskdefs', webDefinition('web'))
      const service = await api.post(`${clusterPath}/services?wait=STABLE`, {
        name: 'www',
        taskDefinition: 'web',
        count: 1,
      })
      assert.equal(service.status, 201, service.text)
    }
    const events = async () => idsOf(await api.get(`${clusterPath}/services/www/events`))
    const stopped = async () => idsOf(await api.get(`${clusterPath}/tasks?status=STOPPED`))
    // On the later engines the service is older than the events, which are recorded last.
    for (const account of [later.accountOf(org, more), latest.accountOf(undefined)]) {
      await replaceAccounts([account])
      await createService()
    }
    await replaceAccounts([earlier.accountOf(undefined)])
    await createService()
    const run = await api.post(`${clusterPath}/tasks?wait=RUNNING`, { taskDefinition: 'web' })
    const [task = ''] = idsOf(run)
    await api.delete(`${clusterPath}/tasks/${task}?wait=STOPPED`)
    const seen = await events()
    assert.ok(seen.length > 0)

    await replaceAccounts([later.accountOf(org, more)])
    assert.equal((await api.get(`${clusterPath}/tasks/${task}`)).status, 404)
    assert.deepEqual(await stopped(), [])
    const shown = await events()
    assert.ok(shown.length > 0)
    assert.deepEqual(
      shown.filter((id) => seen.includes(id)),
      [],
    )

    await replaceAccounts([latest.accountOf(undefined)])
    assert.equal((await api.get(`${clusterPath}/tasks/${task}`)).body.lastStatus, 'STOPPED')
    assert.deepEqual(await stopped(), [task])
    const again = await events()
    assert.deepEqual(
      seen.filter((id) => !again.includes(id)),
      [],
    )
  })
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseToken, type TokenSources, type UrlSource } from './token.ts'

const local = 'http://127.0.0.1:8000'
const choose = (
  url: string,
  urlSource: UrlSource,
  given: { url?: string; token?: string; profile?: string; dataUrl?: string } = {},
) => {
  const sources: TokenSources = {
    url,
    urlSource,
    environment: { url: given.url, token: given.token },
    findProfileToken: () => (given.profile === undefined ? undefined : { token: given.profile, profile: 'test' }),
    dataUrl: given.dataUrl,
    readDataToken: () => 'of-data',
  }
  return chooseToken(sources)
}
const chosenToken = async (...args: Parameters<typeof choose>) => (await choose(...args)).token

test('ECS_API_TOKEN goes to ECS_API_URL, and without ECS_API_URL only to loopback', async () => {
  assert.equal(await chosenToken('https://a', 'environment', { url: 'https://a', token: 't' }), 't')
  for (const url of [local, 'http://localhost:1', 'http://127.8.0.1', 'http://[::1]:3'])
    assert.equal(await chosenToken(url, 'flag', { token: 't' }), 't', url)
  const rejected: [string, UrlSource, { url?: string; token?: string }][] = [
    ['https://a', 'flag', { token: 't' }],
    ['https://a', 'profile', { token: 't' }],
    ['https://a', 'folder-file', { token: 't' }],
    ['https://b', 'flag', { url: 'https://a', token: 't' }],
    ['http://127.0.0.1:9', 'flag', { url: 'https://a', token: 't' }],
    ['http://127.0.0.1:9', 'folder-file', { token: 't' }],
    ['http://127.0.0.1.evil.example', 'flag', { token: 't' }],
    ['http://localhost.evil.example', 'flag', { token: 't' }],
  ]
  for (const [url, source, given] of rejected) {
    const { token, warning } = await choose(url, source, given)
    assert.equal(token, undefined, url)
    assert.match(warning!, /^ECS_API_TOKEN is not sent to /)
  }
})

test('the token of the data folder goes only to the address that is stored beside it', async () => {
  const dataUrl = 'http://127.0.0.1:8001'
  assert.equal(await chosenToken(dataUrl, 'data-folder', { dataUrl }), 'of-data')
  assert.equal(await chosenToken(dataUrl, 'flag', { dataUrl }), 'of-data')
  for (const url of [local, 'http://localhost:8001', 'https://a'])
    assert.equal(await chosenToken(url, 'flag', { dataUrl }), undefined)
  assert.equal(await chosenToken(dataUrl, 'folder-file', { dataUrl }), undefined)
  assert.equal(await chosenToken(local, 'default'), undefined)
  assert.equal(
    (await choose(local, 'flag', { dataUrl })).warning,
    `./data/token is not sent to ${local}: it belongs to ${dataUrl}.`,
  )
})

test('a profile’s token is used for the profile’s address, also when a folder’s file names it', async () => {
  assert.equal(await chosenToken('https://a', 'folder-file', { profile: 'p', token: 't' }), 'p')
  assert.equal(await chosenToken('https://a', 'profile', { profile: 'p' }), 'p')
  assert.equal(await chosenToken(local, 'default', { profile: 'p', token: 't' }), 't')
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startScriptedDocker } from '../../testing/scripted-docker.ts'
import type { TaskSpec } from '../runtime.ts'
import { dockerAt } from './docker-api.ts'
import { getImage } from './image.ts'

const digestOf = (digit: string) => `sha256:${digit.repeat(64)}`

for (const [name, repoDigests, digest] of [
  ['shop', [`team/myshop@${digestOf('1')}`, `team/shop@${digestOf('2')}`], digestOf('2')],
  ['shop:v1', [`team/myshop@${digestOf('1')}`, `shop@${digestOf('2')}`], digestOf('2')],
  ['registry.test:5000/shop', [`registry.test:5000/shop@${digestOf('1')}`], digestOf('1')],
  ['shop', [`team/other@${digestOf('1')}`], digestOf('1')],
  ['shop', [], undefined],
  [`shop@${digestOf('3')}`, [`shop@${digestOf('1')}`], digestOf('3')],
] as const)
  test(`the digest of ${name} with the repository digests ${repoDigests.join(', ') || '(none)'}`, async () => {
    const address = await startScriptedDocker({
      [`/images/${name}/json`]: { Id: 'id', Architecture: 'amd64', RepoDigests: repoDigests },
    })
    const image = await getImage(dockerAt(address), { platform: { cpuArchitecture: 'X86_64' } } as TaskSpec, name, {
      credentials: undefined,
      signal: new AbortController().signal,
    })
    assert.equal(image.digest, digest)
  })

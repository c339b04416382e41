// The checks that also run in Chromium (chromium.long.test.ts), here in Node with each transport.
import { test } from 'node:test'
import { nodeTransport } from '../../packages/client/src/node/index.ts'
import { checks } from '../../packages/client/src/testing/behaviour.ts'
import { startBehaviourGateway } from './behaviour-gateway.ts'

const { port, token } = await startBehaviourGateway()
const url = `http://127.0.0.1:${port}`
const transports = { fetch: {}, node: { transport: nodeTransport() } }

for (const [prefix, transport] of Object.entries(transports))
  for (const [name, check] of Object.entries(checks))
    test(`${name} (${prefix})`, { timeout: 60_000 }, () => check({ url, token, prefix, ...transport }))

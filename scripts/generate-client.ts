/** Starts a gateway and writes packages/client/src/api.ts from its OpenAPI document. Run it as `npm run client`. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type ClientDocument, clientTypes, clientTypesFile } from './client-types.ts'

const launcher = fileURLToPath(new URL('../packages/cli/bin/ecs-api.mjs', import.meta.url))

async function openApiDocument(): Promise<ClientDocument> {
  const folder = mkdtempSync(join(tmpdir(), 'ecs-api-client-'))
  const env = {
    ...process.env,
    ...{
      ECS_API_LISTEN: '127.0.0.1:0',
      ECS_API_ACCOUNTS_LOCAL_MODE: 'local',
      ECS_API_ACCOUNTS_LOCAL_RUNTIME: 'simulated',
    },
  }
  const gateway = spawn(process.execPath, [launcher, 'serve'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise((resolve) => gateway.once('close', resolve))
  try {
    for await (const line of createInterface(gateway.stdout)) {
      if (!line.startsWith('http')) continue
      const response = await fetch(`${line}/openapi.json`)
      if (!response.ok) throw new Error(`GET /openapi.json: ${response.status} ${await response.text()}`)
      return (await response.json()) as ClientDocument
    }
    throw new Error('The gateway ended before it listened.')
  } finally {
    gateway.kill()
    await ended
    rmSync(folder, { recursive: true })
  }
}

writeFileSync(clientTypesFile, await clientTypes(await openApiDocument()))

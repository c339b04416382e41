// For comparison: the start of a minimal process with Fastify and the ECS client. It loads both and prints its URL.
import { enableCompileCache } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

enableCompileCache(join(tmpdir(), 'ecs-api-bench-compile-cache'))
const [{ default: Fastify }, { ECS }] = await Promise.all([import('fastify'), import('@aws-sdk/client-ecs')])
const ecs = new ECS({ region: 'us-east-1', credentials: { accessKeyId: 'any', secretAccessKey: 'any' } })
const app = Fastify()
app.get('/', () => ({ region: typeof ecs.config.region }))
console.log(await app.listen({ host: '127.0.0.1', port: 0 }))
process.on('SIGTERM', () => app.close())

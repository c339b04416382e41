// The shortest start of a service on Fastify and the ECS client: it loads both, listens, and answers one request.
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

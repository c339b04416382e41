// For comparison: a Fastify route that only sends the bytes of a file. Usage: bare-fastify.ts FILE [ENCODING]
import { readFileSync } from 'node:fs'
import Fastify from 'fastify'

const bytes = readFileSync(process.argv[2]!)
const encoding = process.argv[3]
const headers = encoding === undefined ? {} : { 'content-encoding': encoding }
const app = Fastify()
app.get('/', (_, reply) => reply.type('application/json; charset=utf-8').headers(headers).send(bytes))
console.log(await app.listen({ host: '127.0.0.1', port: 0 }))
process.on('SIGTERM', () => app.close())

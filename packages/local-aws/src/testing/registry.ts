/**
 * A registry of images on this machine (Docker's own, `docker-registry`), behind a proxy that can delay layers, so that
 * a pull takes as long as a test needs.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { ignoringStatus } from '../runtimes/docker/docker-api.ts'
import { type FoundRuntime, findRuntime } from '../runtimes/docker/find-runtime.ts'
import { createTar } from '../runtimes/docker/tar.ts'
import { busyboxPath, getContainerRuntime, noContainers } from './containers.ts'
import { noPodman, startPodmanService } from './podman-service.ts'

const program = '/usr/bin/docker-registry'
/**
 * For a test's `skip`: the reason why it cannot have a registry, or false. Podman accepts a registry without TLS only
 * if it is configured to, as the Podman service of a test is.
 */
export const noRegistry =
  noContainers ||
  (!existsSync(program)
    ? 'docker-registry is not installed'
    : getContainerRuntime().name === 'podman'
      ? noPodman
      : false)

/** The user who can read and write when the registry has users. The password is in `htpasswd` form. */
export const registryUser = { username: 'reader', password: 'secret' }
const passwordFile = 'reader:$2y$05$93ogNaFGH.t6lryRvKHjmeLiamua0t15E9KXb87dMiKW4yYpxI8b.\n'

const ociMediaType = 'application/vnd.oci.image'

/**
 * Finds a runtime that pulls images from registries of this machine. End it after the local AWS engine that uses it.
 */
export async function runtimeForRegistry(): Promise<{ foundRuntime: FoundRuntime; end: () => Promise<void> }> {
  if (getContainerRuntime().name === 'docker') return { foundRuntime: getContainerRuntime(), end: async () => {} }
  const { socket, end } = await startPodmanService()
  const found = await findRuntime(socket)
  assert.ok(found)
  return { foundRuntime: found, end }
}

/** Starts a registry. After the test it is stopped, and the images pulled from it are removed. */
export async function startRegistry(t: TestContext, { users: hasUsers = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'registry-'))
  const configuration = join(folder, 'config.yml')
  const passwords = join(folder, 'htpasswd')
  writeFileSync(passwords, passwordFile)
  const auth = hasUsers ? { auth: { htpasswd: { realm: 'test', path: passwords } } } : {}
  const storage = { filesystem: { rootdirectory: join(folder, 'data') } }
  // JSON is valid YAML.
  writeFileSync(configuration, JSON.stringify({ version: 0.1, storage, http: { addr: '127.0.0.1:0' }, ...auth }))
  const child = spawn(program, ['serve', configuration], { stdio: ['ignore', 'ignore', 'pipe'] })
  const registryPort = await portInLog(child.stderr)
  const proxy = await startProxy(registryPort)
  const published = new Set<string>()
  t.after(async () => {
    proxy.close()
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
    rmSync(folder, { recursive: true, force: true })
    for (const name of published)
      await ignoringStatus(getContainerRuntime().docker.getImage(name).remove({ force: true }), 404)
  })
  const headers = hasUsers
    ? { authorization: `Basic ${Buffer.from(`${registryUser.username}:${registryUser.password}`).toString('base64')}` }
    : {}
  const digestOf = (content: Buffer) => `sha256:${createHash('sha256').update(content).digest('hex')}`

  async function send(
    method: string,
    url: string,
    body?: Buffer,
    type = 'application/octet-stream',
  ): Promise<Response> {
    const response = await fetch(url, {
      method,
      headers: { ...headers, 'content-type': type },
      ...(body && { body: new Uint8Array(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`)
    return response
  }

  async function addBlob(repository: string, content: Buffer): Promise<{ digest: string; size: number }> {
    const digest = digestOf(content)
    const location =
      (await send('POST', `http://127.0.0.1:${registryPort}/v2/${repository}/blobs/uploads/`)).headers.get(
        'location',
      ) ?? ''
    await send('PUT', `${location}${location.includes('?') ? '&' : '?'}digest=${digest}`, content)
    return { digest, size: content.length }
  }

  async function addManifest(repository: string, tag: string, manifest: { mediaType: string }) {
    const content = Buffer.from(JSON.stringify({ schemaVersion: 2, ...manifest }))
    await send('PUT', `http://127.0.0.1:${registryPort}/v2/${repository}/manifests/${tag}`, content, manifest.mediaType)
    return { digest: digestOf(content), size: content.length, mediaType: manifest.mediaType }
  }

  /**
   * Publishes a new image of busybox with `bytes` random bytes. @returns its name with the registry's, and its digest
   */
  async function publish(
    repository: string,
    { tag = '1', architecture = process.arch === 'arm64' ? 'arm64' : 'amd64', bytes = 1_000, asList = false } = {},
  ): Promise<{ image: string; digest: string }> {
    const applets = ['sh', 'sleep', 'httpd', 'mkdir', 'true']
    const layer = createTar([
      { path: 'bin/busybox', content: readFileSync(busyboxPath), mode: 0o755 },
      ...applets.map((applet) => ({ path: `bin/${applet}`, linkTo: 'busybox' })),
      { path: 'random', content: randomBytes(bytes), mode: 0o644 },
    ])
    const rootfs = { type: 'layers', diff_ids: [digestOf(layer)] }
    const config = await addBlob(
      repository,
      Buffer.from(JSON.stringify({ architecture, os: 'linux', config: { Env: ['PATH=/bin'] }, rootfs })),
    )
    const layers = [
      { ...(await addBlob(repository, gzipSync(layer, { level: 1 }))), mediaType: `${ociMediaType}.layer.v1.tar+gzip` },
    ]
    const manifest = {
      mediaType: `${ociMediaType}.manifest.v1+json`,
      config: { ...config, mediaType: `${ociMediaType}.config.v1+json` },
      layers,
    }
    const imageManifest = await addManifest(repository, asList ? 'one' : tag, manifest)
    const list = {
      mediaType: `${ociMediaType}.index.v1+json`,
      manifests: [{ ...imageManifest, platform: { architecture, os: 'linux' } }],
    }
    const { digest } = asList ? await addManifest(repository, tag, list) : imageManifest
    const image = `127.0.0.1:${proxy.port}/${repository}:${tag}`
    published.add(image)
    return { image, digest }
  }

  return { address: `127.0.0.1:${proxy.port}`, publish, holdLayers: proxy.holdLayers }
}

async function portInLog(log: NodeJS.ReadableStream): Promise<number> {
  for await (const line of createInterface({ input: log })) {
    const port = /listening on 127\.0\.0\.1:(\d+)/.exec(line)?.[1]
    if (port === undefined) continue
    // The registry keeps writing, and must not wait for a reader.
    log.resume()
    return Number(port)
  }
  throw new Error('the registry ended at its start')
}

interface Hold {
  /** Resolves when half of a layer was sent. */
  halfSent: PromiseWithResolvers<void>
  released: PromiseWithResolvers<void>
  isReleased: boolean
}

/** Starts a proxy that passes all requests on to the registry. */
async function startProxy(registryPort: number) {
  let currentHold: Hold | undefined

  async function forward(from: IncomingMessage, to: ServerResponse): Promise<void> {
    const { method, url = '', headers } = from
    const forwarded = request({ host: '127.0.0.1', port: registryPort, method, path: url, headers })
    from.pipe(forwarded)
    const [response] = (await once(forwarded, 'response')) as [IncomingMessage]
    to.writeHead(response.statusCode ?? 500, response.headers)
    const isLayer = method === 'GET' && /\/blobs\//.test(url) && Number(response.headers['content-length']) > 100_000
    if (currentHold && isLayer) await sendSlowly(response, to, currentHold)
    response.pipe(to)
  }

  /**
   * Sends half of the layer at once, and then small pieces, so that a client that reports the progress of
   * the last moments has some to report.
   */
  async function sendSlowly(response: IncomingMessage, to: ServerResponse, hold: Hold): Promise<void> {
    let remainingBytes = Number(response.headers['content-length']) / 2
    while (!hold.isReleased && !to.destroyed) {
      const part = response.read(remainingBytes > 0 ? undefined : 100) as Buffer | null
      if (part === null) {
        if (response.readableEnded) return
        await once(response, 'readable')
        continue
      }
      to.write(part)
      remainingBytes -= part.length
      if (remainingBytes > 0) continue
      hold.halfSent.resolve()
      await Promise.race([hold.released.promise, delay(50)])
    }
  }

  const server = createServer((from, to) => {
    forward(from, to).catch((error) => to.destroy(error instanceof Error ? error : undefined))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    /** From now on only half of each layer is sent at once; the rest follows after `release`. */
    holdLayers() {
      const hold: Hold = { halfSent: Promise.withResolvers(), released: Promise.withResolvers(), isReleased: false }
      currentHold = hold
      const release = () => {
        currentHold = undefined
        hold.isReleased = true
        hold.released.resolve()
      }
      return { halfSent: hold.halfSent.promise, release }
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

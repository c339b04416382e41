/**
 * Opens the ports of the process: for the engine, for the metrics if they have an address of their own, for the API.
 */
import { listenForMetrics } from '../http/metrics.ts'
import type { CompositionContext, Parts } from './parts.ts'

interface Listeners {
  /** @returns the URL of the API, and more lines to print at the start for the operator */
  listen: (app: Parts['server']['app']) => Promise<{ url: string; notes: string[] }>
  /** Closes the port of the metrics. The API server and the engine close their own ports. */
  closeMetrics: () => void
}

export function createListeners({ settings, engine, metrics, programDeps }: CompositionContext): Listeners {
  const { metricsListen, reusePort } = settings
  let metricsListener: Awaited<ReturnType<typeof listenForMetrics>> | undefined
  return {
    listen: async (app) => {
      const endpoints = await engine.listen()
      const runtime = await engine.runtime()
      if (metricsListen) metricsListener = await listenForMetrics(metricsListen, metrics.text, programDeps.onBug)
      const notes = [
        ...endpoints.map((url) => `local AWS endpoint: ${url}`),
        ...(runtime ? [runtime.description] : []),
        ...(metricsListener ? [`metrics: ${metricsListener.url}`] : []),
      ]
      return { url: await app.listen({ ...settings.listen, ...(reusePort && { reusePort: true }) }), notes }
    },
    closeMetrics: () => metricsListener?.close(),
  }
}

/** The command `ecs-api store export|import`: writes the store as JSON lines, or reads it from them. */
import { createInterface } from 'node:readline'
import { pipeline } from 'node:stream/promises'
import { BrokenConfiguration } from '../config/faults.ts'
import { readConfiguration } from '../config/read.ts'
import { printError } from '../process/print-error.ts'
import { withRemedy } from '../process/startup.ts'
import { exportStore, importStore } from '../store/move.ts'
import { openStore } from '../store/store.ts'

/** @returns the exit code */
export async function storeCommand(direction: 'export' | 'import', file: string | undefined): Promise<number> {
  try {
    const { store: settings, data } = await readConfiguration({ file, environment: process.env })
    const store = await openStore({ ...settings, data }, { onNotice: (text) => console.error(text) })
    try {
      await (direction === 'export'
        ? pipeline(exportStore(store), process.stdout, { end: false })
        : importFromStandardInput(store))
    } finally {
      await store.close()
    }
    return 0
  } catch (error) {
    printError(
      error instanceof BrokenConfiguration ? error.message : `ecs-api store ${direction}: ${withRemedy(error)}`,
    )
    return 1
  }
}

async function importFromStandardInput(store: Parameters<typeof importStore>[0]): Promise<void> {
  const { importedRows, skippedRows } = await importStore(store, lines(process.stdin))
  console.error(`${importedRows} rows imported.`)
  if (skippedRows > 0)
    console.error(
      `${skippedRows} rows (idempotency keys, stopped tasks) were left out: this store has another key (storeKey, or store.key in the data folder).`,
    )
}

/**
 * Yields the lines of the input. As a generator it creates the reader at the first read: a reader that was created
 * earlier would lose the lines that arrive before.
 */
async function* lines(input: NodeJS.ReadableStream): AsyncGenerator<string> {
  yield* createInterface({ input })
}

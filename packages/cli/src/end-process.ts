/** Ends this process after its output is written. Without it, open connections and a paused stdin keep it running. */
export async function endProcess(code: number): Promise<void> {
  const outputs = [process.stdout, process.stderr]
  await Promise.all(outputs.map((stream) => new Promise((done) => stream.write('', done))))
  process.exit(code)
}

/** Ends this process when its output is written. Open connections and a paused stdin would keep it running. */
export async function endProcess(code: number): Promise<void> {
  const outputs = [process.stdout, process.stderr]
  await Promise.all(outputs.map((stream) => new Promise((done) => stream.write('', done))))
  process.exit(code)
}

/**
 * Bundles the program as JavaScript that needs no other package. Modules that are imported dynamically are separate
 * chunks. Names and lines stay readable, for stack traces and for people who read what they run.
 */
import { join } from 'node:path'
import { type Plugin, rolldown } from 'rolldown'

/**
 * Removes the line `const require = createRequire(…)`, by which some sources load a package when it is first used. The
 * bundler then recognizes the calls of `require`, and bundles the packages.
 */
const bundleRequiredPackages: Plugin = {
  name: 'bundle-required-packages',
  transform: (code, path) =>
    /packages.[^/\\]+.src.*\.ts$/.test(path)
      ? code.replace(/^const require = createRequire\(import\.meta\.url\)$/m, '')
      : undefined,
}

/** @returns the paths of all files in the bundle */
export async function bundleProgram(root: string, folder: string): Promise<string[]> {
  const bundle = await rolldown({
    cwd: root,
    input: join(root, 'packages/cli/src/main.ts'),
    platform: 'node',
    // Optional native add-ons: their packages work without them.
    external: [/\.node$/, 'cpu-features', 'pg-native'],
    plugins: [bundleRequiredPackages],
  })
  const { output } = await bundle.write({ dir: folder, format: 'esm' })
  await bundle.close()
  return output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []))
}

/**
 * The program as JavaScript that needs no other package. Modules that are loaded when they are needed are chunks of
 * their own. Names and lines stay readable, for stack traces and for those who check what they run.
 */
import { join } from 'node:path'
import { type Plugin, rolldown } from 'rolldown'

/**
 * Some sources load a package when it is first used, by a `require` of their own. Without that line it is the global
 * one, whose packages are bundled.
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
    // Optional add-ons in machine code, which their packages do without.
    external: [/\.node$/, 'cpu-features', 'pg-native'],
    plugins: [bundleRequiredPackages],
  })
  const { output } = await bundle.write({ dir: folder, format: 'esm' })
  await bundle.close()
  return output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []))
}

/**
 * Writes a tar archive (POSIX ustar) of a few small files and symbolic links, for images that local-aws imports into
 * Docker or Podman. Paths are relative and at most 100 bytes long.
 */
export type TarFile = { path: string; content: Buffer; mode: number } | { path: string; linkTo: string }

const BLOCK = 512

export function createTar(files: readonly TarFile[]): Buffer {
  return Buffer.concat([
    ...files.flatMap((file) => ('linkTo' in file ? [header(file)] : [header(file), padded(file.content)])),
    Buffer.alloc(2 * BLOCK),
  ])
}

function header(file: TarFile): Buffer {
  const [mode, size, type, target] =
    'linkTo' in file ? [0o777, 0, '2', file.linkTo] : [file.mode, file.content.length, '0', '']
  const block = Buffer.alloc(BLOCK)
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`
  block.write(file.path, 0, 100)
  block.write(`${octal(mode, 7)}${octal(0, 7)}${octal(0, 7)}${octal(size, 11)}${octal(0, 11)}`, 100)
  // The checksum field counts as spaces while the checksum is computed.
  block.write(`${' '.repeat(8)}${type}${target}`, 148)
  block.write('ustar\x0000', 257)
  const checksum = block.reduce((sum, byte) => sum + byte, 0)
  block.write(`${octal(checksum, 6)} `, 148)
  return block
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)])
}

/** A tar archive (POSIX ustar) of a few small files: all that an image of our own needs. */
export interface TarFile {
  /** Relative, at most 100 bytes. */
  path: string
  content: Buffer
  mode: number
}

const BLOCK = 512

export function tar(files: readonly TarFile[]): Buffer {
  return Buffer.concat([
    ...files.flatMap(({ content, ...file }) => [header(file.path, file.mode, content.length), padded(content)]),
    Buffer.alloc(2 * BLOCK),
  ])
}

function header(path: string, mode: number, size: number): Buffer {
  const block = Buffer.alloc(BLOCK)
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, '0')
  block.write(path, 0, 100)
  block.write(`${octal(mode, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0${octal(size, 11)}\0${octal(0, 11)}\0`, 100)
  block.write(' '.repeat(8), 148)
  block.write('0', 156)
  block.write('ustar\x0000', 257)
  block.write(
    `${octal(
      block.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
    148,
  )
  return block
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)])
}

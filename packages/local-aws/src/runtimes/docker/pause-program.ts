/**
 * The program of the pause container, which does nothing until it is killed. It is machine code of our own, a static
 * ELF file with one loadable segment, so that nothing has to be pulled or built.
 */

export type Machine = 'x64' | 'arm64'

const LOAD_ADDRESS = 0x400000
const HEADER_BYTES = 64 + 56
/** `EM_X86_64` and `EM_AARCH64` of the ELF specification. */
const elfMachine: Record<Machine, number> = { x64: 62, arm64: 183 }

/**
 * First the program ignores SIGCHLD, so that the kernel reaps the orphans that it inherits as process 1 of a shared
 * process namespace. Then it sleeps forever. Only SIGKILL ends it, because the kernel drops other signals that process
 * 1 does not handle.
 */
const machineCode: Record<Machine, { bytes: readonly number[]; sigactionOffset: number }> = {
  x64: {
    // The struct `sigaction` follows the code. `lea` addresses it relative to the next instruction.
    sigactionOffset: 43,
    bytes: [
      ...[0xb8, 13, 0, 0, 0], // mov eax, 13 (rt_sigaction)
      ...[0xbf, 17, 0, 0, 0], // mov edi, 17 (SIGCHLD)
      ...[0x48, 0x8d, 0x35, 26, 0, 0, 0], // lea rsi, [rip+26]
      ...[0x31, 0xd2], // xor edx, edx
      ...[0x41, 0xba, 8, 0, 0, 0], // mov r10d, 8 (size of a signal set)
      ...[0x0f, 0x05], // syscall
      ...[0xb8, 34, 0, 0, 0], // again: mov eax, 34 (pause)
      ...[0x0f, 0x05], // syscall
      ...[0xeb, 0xf7], // jmp again
      ...[0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90], // nop
    ],
  },
  arm64: {
    sigactionOffset: 56,
    bytes: words(
      0xd2800220, // mov x0, #17 (SIGCHLD)
      0x100001a1, // adr x1, +52
      0xd2800002, // mov x2, #0
      0xd2800103, // mov x3, #8
      0xd28010c8, // mov x8, #134 (rt_sigaction)
      0xd4000001, // svc #0
      0xd2800000, // again: mov x0, #0
      0xd2800001, // mov x1, #0
      0xd2800002, // mov x2, #0
      0xd2800003, // mov x3, #0
      0xd2800004, // mov x4, #0
      0xd2800928, // mov x8, #73 (ppoll, of nothing, for ever)
      0xd4000001, // svc #0
      0x17fffff9, // b again
    ),
  },
}

/** The whole ELF file. */
export function pauseProgram(machine: Machine): Buffer {
  const { bytes, sigactionOffset } = machineCode[machine]
  const text = Buffer.alloc(sigactionOffset + 32)
  text.set(bytes)
  text.writeUInt8(1, sigactionOffset) // sa_handler: SIG_IGN; flags, restorer and mask are zero
  return Buffer.concat([headers(machine, HEADER_BYTES + text.length), text])
}

/** The ELF header and one program header, which loads the whole file readable and executable. */
function headers(machine: Machine, size: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
  header.writeUInt16LE(2, 16) // an executable
  header.writeUInt16LE(elfMachine[machine], 18)
  header.writeUInt32LE(1, 20)
  header.writeBigUInt64LE(BigInt(LOAD_ADDRESS + HEADER_BYTES), 24) // the address of the first instruction
  header.writeBigUInt64LE(64n, 32) // the offset of the program header
  header.writeUInt16LE(64, 52)
  header.writeUInt16LE(56, 54)
  header.writeUInt16LE(1, 56)
  header.writeUInt32LE(1, 64) // PT_LOAD
  header.writeUInt32LE(5, 68) // read, execute
  header.writeBigUInt64LE(BigInt(LOAD_ADDRESS), 80)
  header.writeBigUInt64LE(BigInt(LOAD_ADDRESS), 88)
  header.writeBigUInt64LE(BigInt(size), 96)
  header.writeBigUInt64LE(BigInt(size), 104)
  header.writeBigUInt64LE(0x1000n, 112)
  return header
}

function words(...instructions: number[]): number[] {
  return instructions.flatMap((word) => [word & 255, (word >>> 8) & 255, (word >>> 16) & 255, word >>> 24])
}

/** What the rehearsal agent understands of Claude's command line; the rest is accepted and ignored, as flags come and go. */
export interface RehearsalArguments {
  command: 'version' | 'auth' | 'session'
  sessionId: string
  resume: boolean
  permissionMode: string
}

export function readRehearsalArguments(argv: readonly string[]): RehearsalArguments {
  const value = (name: string): string | undefined => {
    const joined = argv.find((argument) => argument.startsWith(`${name}=`))
    if (joined !== undefined) return joined.slice(name.length + 1)
    const at = argv.indexOf(name)
    return at === -1 ? undefined : argv[at + 1]
  }
  const resume = value('--resume')
  const isVersion = argv.includes('--version') || argv.includes('-v')
  return {
    command: isVersion ? 'version' : argv[0] === 'auth' ? 'auth' : 'session',
    sessionId: resume ?? value('--session-id') ?? '',
    resume: resume !== undefined,
    permissionMode: value('--permission-mode') ?? 'default',
  }
}

import type { Api } from 'grammy/web'

/** grammY's types know only an older AbortSignal. */
export const signalFor = (signal: AbortSignal) => signal as unknown as Parameters<Api['getMe']>[0]

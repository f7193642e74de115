export declare const BUILT_FROM: string
export declare function listSource(below?: string): string
export declare function entry(name: 'main' | 'rehearsal/main'): string

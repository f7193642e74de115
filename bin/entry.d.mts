export declare const BUILT_FROM: string
export declare const BUILT_FROM_FEW: { look: string }
export declare function listSource(below?: string): string
export declare function entry(name: 'main' | 'look' | 'rehearsal/main'): string

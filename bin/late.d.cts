export declare const ALL_PARTS: string
export declare const ITSELF: string
export declare const LATE: string

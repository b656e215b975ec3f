/** For a value in the making, before anybody else sees it. */
export type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

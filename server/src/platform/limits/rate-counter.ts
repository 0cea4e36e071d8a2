/** So many points in so many seconds, counted in windows that begin with the first point. */
export interface RateRule {
  readonly points: number;
  readonly perSeconds: number;
}

export interface Taken {
  readonly ok: boolean;
  /** Points left in this window. */
  readonly remaining: number;
  /** Milliseconds until the window ends. */
  readonly resetMs: number;
}

/** Counts in one step: of a hundred that come at once no more pass than the rule says, and what is refused costs nothing. */
export interface RateCounter {
  take(key: string, cost: number, rule: RateRule): Promise<Taken>;
}

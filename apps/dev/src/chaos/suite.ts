import { play, type PlayOptions, type Row } from "./play.ts";
import type { Scenario } from "./scenario.ts";

export interface SuiteOptions extends PlayOptions {
  /** One after another, for timings that nothing else disturbs. */
  serial: boolean;
  onRow: (row: Row) => void;
}

/** Plays scenarios, those that mostly wait beside those that load the machine; gives their rows in their order. */
export async function playAll(scenarios: readonly Scenario[], options: SuiteOptions): Promise<Row[]> {
  const rows = new Map<string, Row>();
  const playLane = async (lane: readonly Scenario[]) => {
    for (const scenario of lane) {
      if (options.signal.aborted) return;
      const row = await play(scenario, options);
      rows.set(scenario.name, row);
      options.onRow(row);
    }
  };
  const lanes = options.serial
    ? [scenarios]
    : [scenarios.filter(({ lane }) => lane === "load"), scenarios.filter(({ lane }) => lane === "wait")];
  await Promise.all(lanes.map(playLane));
  return scenarios.flatMap(({ name }) => rows.get(name) ?? []);
}

/** A row that was not played says nothing, and so fails nothing. */
export const hasFailed = ({ result }: Row): boolean => result === "failed" || result === "broken";

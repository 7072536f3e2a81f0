import type { Problem } from "./production.ts";
import type { VariableName } from "./variables.ts";

/** The dashboard's second login is there whole or not at all, and none of it is the first one's. */
export function loginProblems(values: Partial<Record<VariableName, unknown>>): Problem[] {
  const { DASHBOARD_USER, DASHBOARD_PASSWORD, DASHBOARD_VIEWER_USER, DASHBOARD_VIEWER_PASSWORD } = values;
  const problems: Problem[] = [];
  const refuse = (variable: VariableName, message: string) => problems.push({ variable, message });
  if (DASHBOARD_VIEWER_USER === undefined && DASHBOARD_VIEWER_PASSWORD !== undefined)
    refuse("DASHBOARD_VIEWER_USER", "is missing: DASHBOARD_VIEWER_PASSWORD is set");
  if (DASHBOARD_VIEWER_PASSWORD === undefined && DASHBOARD_VIEWER_USER !== undefined)
    refuse("DASHBOARD_VIEWER_PASSWORD", "is missing: DASHBOARD_VIEWER_USER is set");
  if (DASHBOARD_VIEWER_USER !== undefined && DASHBOARD_VIEWER_USER === DASHBOARD_USER)
    refuse("DASHBOARD_VIEWER_USER", "must not be DASHBOARD_USER");
  if (DASHBOARD_VIEWER_PASSWORD !== undefined && DASHBOARD_VIEWER_PASSWORD === DASHBOARD_PASSWORD)
    refuse("DASHBOARD_VIEWER_PASSWORD", "must not be DASHBOARD_PASSWORD: whoever may look knows it");
  return problems;
}

/** At most so many lines are listed with a finding. */
export const mostFindingLines = 300;

/** Columns beyond the first so many of a kind are left out of correlations. */
export const mostComparedColumns = 100;

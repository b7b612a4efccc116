/** Identifiers of editors and panels, as package.json declares them. */
export const experimentViewType = 'trainyard.experiment';
export const resultsViewType = 'trainyard.results';
export const comparisonViewType = 'trainyard.comparison';
export const datasetViewType = 'trainyard.dataset';

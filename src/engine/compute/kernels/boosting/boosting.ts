/**
 * Histogram gradient boosting: the functions that a fit calls, in this order.
 *
 *     joinTeam, configure                         once
 *     prepareFeature (mapColumns), binRows (mapRows)
 *     computeGradients                            once an iteration
 *     beginTree, growTree until it returns 1, finishTree      once an output
 *
 * layout.ts tells where everything lies.
 */
export { joinTeam } from '../common/team';
export { configure, setLossParameter } from './layout';
export { prepareFeature, binRows } from './binning';
export { computeGradients } from './gradients';
export { beginTree, growTree, currentNodeCount, placeBySide } from './grow';
export { finishTree, absoluteResidualQuantile } from './leaves';
export { addFive, addOne, addTen } from './histogram';
export { scanBorders } from './splitSearch';

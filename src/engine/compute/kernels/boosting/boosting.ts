/**
 * Histogram gradient boosting: the functions that a fit calls, in this order.
 *
 *     joinTeam, configure                         once
 *     prepareFeature (mapColumns), binRows (mapRows)
 *     takeRows                                    once, or once an iteration, where its rows are a new sample
 *     startTree, continueTree until one returns 1      once an iteration and output
 *
 * layout.ts tells where everything lies.
 */
export { joinTeam } from '../common/team';
export { configure, setLossParameter } from './layout';
export { prepareFeature, binRows } from './binning';
export { takeRows } from './rows';
export { startTree, continueTree } from './tree';
export { currentNodeCount } from './grow';
export { absoluteResidualQuantile } from './leaves';
// Inner loops, which stay functions of their own where they are exported.
export { addFive, addOne, addTen } from './histogram';
export { placeBySide } from './rows';
export { addFivePairs, addOnePair } from './rootPairs';
export { scanBorders } from './splitSearch';

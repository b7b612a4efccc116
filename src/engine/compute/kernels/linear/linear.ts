/**
 * Linear models: the functions that a fit calls.
 *
 *     joinTeam, configureMoments, addMoments (mapRows)                   least squares: moments.ts
 *     joinTeam, configureMoments, addRowProducts for all columns         the same with more features than rows
 *     joinTeam, configureLogistic, storeRows (mapRows), then             logistic regression:
 *         evaluateBlocks for all blocks                                  quick: logistic.ts
 *         addExactRows (mapRows)                                         exact: exactLogistic.ts
 *
 * Sums over rows go to slots: chunks of rows, whose borders don't depend on the number of threads, are dealt to a fixed number of
 * slots in turn, a slot belongs to one thread at a time, and TypeScript adds the slots up in their order. So the number of threads
 * changes no digit.
 */
export { joinTeam } from '../common/team';
export { addMoments, addRowProducts, configureMoments } from './moments';
export { configureLogistic, storeRows } from './logisticRows';
export { evaluateBlocks } from './logistic';
export { addExactRows } from './exactLogistic';

/**
 * Support vector machines: the functions that a fit calls.
 *
 *     joinTeam, configure, storeRows (mapRows)               once
 *     configure, packProblem, beginSolve, solve until 1      for each problem
 *
 * layout.ts tells where everything lies, solve.ts how it is solved.
 */
export { joinTeam } from '../common/team';
export { configure } from './layout';
export { applyKernel, applyRbf, computeProducts, packProblem, storeRows } from './kernelRows';
export { beginSolve, currentGap, solve } from './solve';

/**
 * Support vector machines: the functions that a fit calls.
 *
 *     joinTeam, configure, storeRows (mapRows)               once
 *     configure, packProblem, beginSolve, advance until 1    for each problem
 *
 * layout.ts tells where everything lies, solve.ts how it is solved.
 */
export { joinTeam } from '../common/team';
export { configure } from './layout';
export { addProducts, applyOther, applyPower, storeRows } from './kernelTiles';
export { packProblem } from './problem';
export { chooseFall, moveBlock } from './blockSolver';
export { subtractRows } from './changes';
export { currentGap } from './workingSet';
export { advance, beginSolve } from './solve';

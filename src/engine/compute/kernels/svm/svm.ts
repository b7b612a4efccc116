/**
 * Support vector machines: the functions that a fit calls,
 *
 *     joinTeam, configure, storeRows (mapRows)               once
 *     configure, packProblem, beginSolve, advance until 1    for each problem
 *
 * and that decisions call, with the support vectors as the problem's rows:
 *
 *     joinTeam, configure, storeRows (mapRows), packPanels   once
 *     startBatch, decideRows (mapRows)                       for each batch of rows
 *
 * layout.ts tells where everything lies, solve.ts how it is solved.
 */
export { joinTeam } from '../common/team';
export { configure } from './layout';
export { addProducts, applyOther, applyPower, storeRows } from './kernelTiles';
export { packPanels, packProblem } from './problem';
export { chooseFall, moveBlock } from './blockSolver';
export { subtractRows } from './changes';
export { decideRows, product, startBatch } from './decisions';
export { currentGap } from './workingSet';
export { advance, beginSolve } from './solve';

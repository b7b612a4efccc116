/**
 * The dual of a support vector machine, solved block by block: choose some hundred rows that violate the optimality conditions, solve the
 * problem of these alone, then bring v of all rows up to date. The decomposition is that of Osuna, Freund, Girosi ("An improved training
 * algorithm for support vector machines", 1997) and Joachims (1998), with blocks as large as in Wen, Shi, Li, He, Chen, "ThunderSVM", JMLR
 * 19(21), 2018; the objectives are libsvm's C-SVC and epsilon-SVR (Chang, Lin, "LIBSVM", ACM TIST 2(3), 2011), and so is the end: the greatest
 * v of rows that may rise less the least of rows that may fall is below the tolerance.
 *
 * One formulation serves both. With beta = y · α (regression: α − α*) and v = −y · gradient, the labels vanish from the updates: raising
 * beta_i and lowering beta_j by t changes every v_k by −t (K_ki − K_kj). beta_i may rise where v_i + upBias_i is finite, beta_j may
 * fall where v_j + lowBias_j is. In regression the tube makes the slope jump by 2 ε where beta passes 0, which the biases hold, and a
 * step ends there.
 *
 * What a block saves over steps on all rows: a step touches the block only, and kernel rows are computed many at a time, for as many
 * rows as changed in the end.
 */
import { barrier, threadIndex } from '../common/team';
import { beginBlock, computeSetKernel, gatherSet, solveBlock } from './blockSolver';
import { applyChanges, collectChanges, tileCount } from './changes';
import { featureCount, tileRows } from './layout';
import { blockIsSolved, changedCount, countRound, setBlockIsSolved, stepCount } from './state';
import { chooseWorkingSet, currentGap, setCount } from './workingSet';

const choosing: i32 = 0;
const solving: i32 = 1;
const applying: i32 = 2;

/** What a kernel value and what comes with it take, in multiplications, besides one a feature. */
const valueWork: f64 = 20;
/** What a row of the set takes in a step. */
const stepWork: f64 = 20;
const stepsAtOnce: i32 = 5000;

let phase: i32 = choosing;
let nextTile: i32 = 0;

/** Before a problem's first `advance`. All threads. */
export function beginSolve(): void {
  phase = choosing;
}

/**
 * Goes on for about `work` multiplications, or until all is done. All threads.
 *
 * @returns 1 when the tolerance is reached, or `mostSteps` steps are taken; v belongs to beta then. Otherwise 0.
 */
export function advance(work: f64, tolerance: f64, mostSteps: i32): i32 {
  while (work > 0) {
    if (phase == choosing) {
      if (!(currentGap() >= tolerance) || stepCount() >= mostSteps) return 1;
      chooseWorkingSet();
      gatherSet();
      barrier();
      computeSetKernel();
      barrier();
      if (threadIndex == 0) beginBlock(tolerance);
      work -= <f64>setCount * <f64>setCount * (<f64>featureCount + valueWork);
      phase = solving;
    } else if (phase == solving) {
      if (threadIndex == 0) {
        solveBlock(min(stepsAtOnce, mostSteps - stepCount()));
        if (blockIsSolved() || stepCount() >= mostSteps) finishBlock();
      }
      barrier();
      const solved = blockIsSolved();
      // Before thread 0 goes on and changes what the others read.
      barrier();
      work -= <f64>setCount * stepWork * <f64>stepsAtOnce;
      if (solved) {
        if (changedCount() == 0) return 1;
        phase = applying;
        nextTile = 0;
      }
    } else {
      const perTile = <f64>changedCount() * <f64>tileRows * (<f64>featureCount + valueWork);
      const tiles = <i32>Math.min(<f64>(tileCount() - nextTile), Math.max(1, Math.floor(work / perTile)));
      applyChanges(nextTile, nextTile + tiles);
      barrier();
      nextTile += tiles;
      work -= <f64>tiles * perTile;
      if (nextTile == tileCount()) phase = choosing;
    }
  }
  return 0;
}

function finishBlock(): void {
  countRound();
  setBlockIsSolved(true);
  collectChanges();
}

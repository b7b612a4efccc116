import type { CostModel } from '../cost';
import { atThreads } from '../cost';

/** From here on the kernel has another way to compare; see kernelNeighbors.ts. */
const wideFeatures = 1024;

/** Learning is keeping the rows; each prediction measures the distance to all of them. */
export const knnCost: CostModel = ({ rows, features, threads }) => ({
  seconds: 0.01 + rows * features * 1e-9,
  secondsPerPrediction: atThreads(rows * (features * (features < wideFeatures ? 1.7e-11 : 4e-11) + 1.2e-10) + 1e-6, threads),
  bytes: rows * features * 16,
});

/** The algorithm that an experiment uses when it names none. */
export const defaultAlgorithmId = 'randomForest';

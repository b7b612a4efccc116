import type { JsonObject } from '../../../schema/json';
import type { Matrix } from '../../compute/matrix';
import { zeros } from '../../compute/matrix';
import type { OnnxModel } from '../../compute/onnx/model';
import type { GraphSession, RuntimeKind } from '../../compute/onnxRuntime';
import { OnnxRuntime } from '../../compute/onnxRuntime';
import { UserError } from '../../errors';
import type { EpochReport, Model, SavedModel } from '../estimator';
import { damaged } from '../savedModels';
import { featureCount } from './layers/networkInput';
import type { NetworkSpec } from './network';
import { buildInferenceGraph, describeParameters, forwardWork, tensorNames } from './network';
import { networkSchema } from './networkSchema';
import { threadsFor } from './stepEngine';

/** Rows that the network answers at once. */
const chunkRows = 1024;

/** A trained network. Its inference graph is the one that is exported. */
export class NeuralModel implements Model {
  private session: Promise<GraphSession> | undefined;

  constructor(
    readonly spec: NetworkSpec,
    private readonly parameters: Float32Array,
    private readonly statistics: Float32Array,
    /** Learning curves; empty for a model that kept none. */
    readonly history: readonly EpochReport[],
    readonly bestEpoch: number,
    private readonly runtime?: RuntimeKind,
  ) {}

  async predict(features: Matrix): Promise<Float64Array> {
    const { output } = this.spec;
    if (output.kind === 'number') {
      return (await this.run(features, 1)).values;
    }
    const { values } = await this.run(features, Math.max(2, output.count));
    const width = values.length / Math.max(1, features.rows);
    return Float64Array.from({ length: features.rows }, (_, row) => {
      const probabilities = values.subarray(row * width, (row + 1) * width);
      return probabilities.indexOf(Math.max(...probabilities));
    });
  }

  async predictProba(features: Matrix): Promise<Matrix> {
    const { output } = this.spec;
    if (output.kind === 'number') {
      throw new TypeError('A network that answers with a number has no probabilities.');
    }
    const probabilities = await this.run(features, Math.max(2, output.count));
    // 32-bit rows sum to one only to about 10⁻⁷.
    for (let row = 0; row < probabilities.rows; row++) {
      const own = probabilities.values.subarray(row * probabilities.columns, (row + 1) * probabilities.columns);
      const sum = own.reduce((total, value) => total + value, 0);
      own.forEach((value, index) => (own[index] = value / sum));
    }
    return output.count === 1 ? { rows: probabilities.rows, columns: 1, values: new Float64Array(probabilities.rows).fill(1) } : probabilities;
  }

  save(): SavedModel {
    return {
      parameters: {
        network: JSON.parse(JSON.stringify(this.spec)) as JsonObject,
        bestEpoch: this.bestEpoch,
        history: this.history.map(({ epoch, epochs, learningRate, metrics }) => ({ epoch, epochs, learningRate, metrics: { ...metrics } })),
      },
      arrays: { parameters: this.parameters, statistics: this.statistics },
    };
  }

  /** @throws UserError when the saved model is damaged. */
  static load({ parameters: facts, arrays }: SavedModel): NeuralModel {
    const spec = networkSchema.safeParse(facts['network']);
    if (!spec.success) {
      throw damaged('network');
    }
    const described = describeParameters(spec.data);
    const vectors = ([['parameters', described.parameters], ['statistics', described.statistics]] as const).map(([name, parts]) => {
      const array = arrays[name];
      if (!(array instanceof Float32Array) || array.length !== parts.reduce((sum, { size }) => sum + size, 0)) {
        throw damaged(name);
      }
      return array;
    });
    const bestEpoch = typeof facts['bestEpoch'] === 'number' ? facts['bestEpoch'] : 0;
    const history = Array.isArray(facts['history']) ? (facts['history'] as unknown as EpochReport[]) : [];
    return new NeuralModel(spec.data, vectors[0], vectors[1], history, bestEpoch);
  }

  /** The network from prepared features to probabilities (or the value), for any number of rows. */
  toOnnx(): OnnxModel {
    return buildInferenceGraph(this.spec, this.parameters, this.statistics);
  }

  private async run({ rows, columns, values }: Matrix, width: number): Promise<Matrix> {
    if (columns !== featureCount(this.spec.input)) {
      throw new UserError(`The network needs ${featureCount(this.spec.input)} features a row, but these rows have ${columns}.`);
    }
    const session = await (this.session ??= this.open());
    const result = zeros(rows, width);
    const name = this.spec.output.kind === 'classes' ? tensorNames.probabilities : tensorNames.values;
    for (let start = 0; start < rows; start += chunkRows) {
      const count = Math.min(chunkRows, rows - start);
      const input = Float32Array.from(values.subarray(start * columns, (start + count) * columns));
      const output = new Float32Array(count * width);
      await session.bind([{ name: tensorNames.features, data: input, shape: [count, columns] }], [{ name, data: output, shape: [count, width] }])();
      result.values.set(output, start * width);
    }
    return result;
  }

  private async open(): Promise<GraphSession> {
    const runtime = await OnnxRuntime.load(this.runtime);
    return runtime.createSession(this.toOnnx(), { threads: threadsFor(forwardWork(this.spec, chunkRows)) });
  }
}

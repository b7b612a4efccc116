import type { JsonObject } from '../../../schema/json';
import type { Matrix } from '../../compute/matrix';
import { zeros } from '../../compute/matrix';
import type { OnnxModel } from '../../compute/onnx/model';
import type { GraphSession, RuntimeKind } from '../../compute/onnxRuntime';
import { OnnxRuntime } from '../../compute/onnxRuntime';
import { UserError } from '../../errors';
import type { EpochReport, Model, PredictContext, SavedModel } from '../estimator';
import { reportRows } from '../probabilities';
import { damaged, savedCount, savedInt32 } from '../savedModels';
import { featureCount } from './layers/networkInput';
import type { NetworkSpec } from './network';
import { buildInferenceGraph, describeParameters, forwardWork, tensorNames } from './network';
import { networkSchema } from './networkSchema';
import { threadsFor } from './parallelism';

/** Rows that the network answers at once. */
const chunkRows = 1024;

/** The class codes that training rows had, of how many there are. */
export interface Labels {
  readonly present: Int32Array;
  readonly count: number;
}

/** A trained network. Its inference graph is the one that is exported. */
export class NeuralModel implements Model {
  /** Of classifiers only. */
  readonly predictProba?: (features: Matrix, context?: PredictContext) => Promise<Matrix>;
  private session: Promise<GraphSession> | undefined;

  constructor(
    readonly spec: NetworkSpec,
    private readonly parameters: Float32Array,
    private readonly statistics: Float32Array,
    private readonly labels: Labels,
    /** Learning curves; empty for a model that kept none. */
    readonly history: readonly EpochReport[],
    readonly bestEpoch: number,
    private readonly runtime?: RuntimeKind,
  ) {
    if (spec.output.kind === 'classes') {
      this.predictProba = (features, context) => this.probabilities(features, context);
    }
  }

  async predict(features: Matrix, context?: PredictContext): Promise<Float64Array> {
    if (this.spec.output.kind === 'number') {
      return (await this.run(features, 1, context)).values;
    }
    const { columns, values } = await this.probabilities(features, context);
    return Float64Array.from({ length: features.rows }, (_, row) => {
      const probabilities = values.subarray(row * columns, (row + 1) * columns);
      return probabilities.indexOf(Math.max(...probabilities));
    });
  }

  /** rows × classes. @throws TypeError when the network answers with a number. */
  async probabilities(features: Matrix, context?: PredictContext): Promise<Matrix> {
    const { output } = this.spec;
    if (output.kind === 'number') {
      throw new TypeError('A network that answers with a number has no probabilities.');
    }
    const answered = await this.run(features, Math.max(2, output.count), context);
    const probabilities = zeros(features.rows, this.labels.count);
    for (let row = 0; row < answered.rows; row++) {
      const own = answered.values.subarray(row * answered.columns, row * answered.columns + output.count);
      // 32-bit rows sum to one only to about 10⁻⁷.
      const sum = own.reduce((total, value) => total + value, 0);
      own.forEach((value, index) => (probabilities.values[row * this.labels.count + this.labels.present[index]] = value / sum));
    }
    return probabilities;
  }

  save(): SavedModel {
    return {
      parameters: {
        network: JSON.parse(JSON.stringify(this.spec)) as JsonObject,
        bestEpoch: this.bestEpoch,
        classCount: this.labels.count,
        history: this.history.map(({ epoch, epochs, learningRate, metrics }) => ({ epoch, epochs, learningRate, metrics: { ...metrics } })),
      },
      arrays: { parameters: this.parameters, statistics: this.statistics, classes: this.labels.present },
    };
  }

  /** @throws UserError when the saved model is damaged. */
  static load(saved: SavedModel): NeuralModel {
    const { parameters: facts, arrays } = saved;
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
    const labels = { present: savedInt32(saved, 'classes'), count: savedCount(saved, 'classCount') };
    const answers = spec.data.output.kind === 'classes' ? spec.data.output.count : 0;
    if (labels.present.length !== answers || labels.present.some((label) => label < 0 || label >= labels.count)) {
      throw damaged('classes');
    }
    const bestEpoch = typeof facts['bestEpoch'] === 'number' ? facts['bestEpoch'] : 0;
    const history = Array.isArray(facts['history']) ? (facts['history'] as unknown as EpochReport[]) : [];
    return new NeuralModel(spec.data, vectors[0], vectors[1], labels, history, bestEpoch);
  }

  /** The network from prepared features to the probabilities of the classes in `labels` (or the value), for any number of rows. */
  toOnnx(): OnnxModel {
    return buildInferenceGraph(this.spec, this.parameters, this.statistics);
  }

  private async run({ rows, columns, values }: Matrix, width: number, context: PredictContext | undefined): Promise<Matrix> {
    if (rows > 0 && columns !== featureCount(this.spec.input)) {
      throw new UserError(`The network needs ${featureCount(this.spec.input)} features a row, but these rows have ${columns}.`);
    }
    const session = await (this.session ??= this.open());
    const result = zeros(rows, width);
    const name = this.spec.output.kind === 'classes' ? tensorNames.probabilities : tensorNames.values;
    for (let start = 0; start < rows; start += chunkRows) {
      context?.throwIfCancelled();
      reportRows(context, start, rows);
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

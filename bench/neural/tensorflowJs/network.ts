import type { LayerSpec } from '../../../src/schema/layers';
import type { Entry } from '../contest';
import { noise } from '../contest';
import type { Tensor, TensorFlow } from './api';

type Apply = (x: Tensor) => Tensor;
type Residual = Extract<LayerSpec, { kind: 'residual' }>;
type Recurrent = Extract<LayerSpec, { kind: 'recurrent' }>;

/** A network of the contest in operations of TensorFlow.js: its own layers know no GRU that resets after the product. */
export class TensorFlowNetwork {
  readonly variables: Tensor[] = [];
  /** Of a row, as the network sees it. */
  readonly inputShape: readonly number[];
  private readonly layers: readonly Apply[];
  private readonly constants: Tensor[] = [];
  /** Of what the layers so far put out, without the rows. */
  private shape: readonly number[];
  /** Place of the next value in our flat vector of first values. */
  private at = 0;

  constructor(private readonly tf: TensorFlow, { input, layers, classes }: Entry) {
    this.inputShape = input.kind === 'table' ? [input.features]
      : input.kind === 'image' ? [input.height, input.width, input.channels] : [input.steps, input.features];
    this.shape = this.inputShape;
    this.layers = [...layers.map((spec) => this.layer(spec)), this.dense(classes > 2 ? classes : 1)];
  }

  /** @param x [rows, …inputShape]. @returns logits, [rows, outputs]. */
  logits(x: Tensor): Tensor {
    return this.layers.reduce((value, apply) => apply(value), x);
  }

  dispose(): void {
    [...this.variables, ...this.constants].forEach((tensor) => tensor.dispose());
  }

  private layer(spec: LayerSpec): Apply {
    switch (spec.kind) {
      case 'dense': return this.dense(spec.units, spec.activation);
      case 'convolution': return this.convolution(spec.filters, spec.kernel);
      case 'maxPool': return this.maxPool(spec.size);
      case 'flatten': return this.flatten();
      case 'recurrent': return this.recurrent(spec);
      case 'attention': return this.attention(spec.heads);
      case 'layerNormalization': return this.layerNormalization();
      case 'positionalEncoding': return this.positionalEncoding();
      case 'residual': return this.residual(spec);
      case 'globalAveragePool': return this.globalAveragePool();
      default: throw new Error(`The TensorFlow.js side of the contest has no layer "${spec.kind}".`);
    }
  }

  private variable(values: Float32Array, shape: readonly number[], axes?: readonly number[]): Tensor {
    const { tf } = this;
    const made = tf.tidy(() => {
      const tensor = tf.tensor(values, shape, 'float32');
      return tf.variable(axes === undefined ? tensor : tf.transpose(tensor, axes));
    });
    this.variables.push(made);
    return made;
  }

  /** Uniform within ± a limit, from the places of the flat vector that come next. */
  private noise(size: number, limit: number): Float32Array {
    const values = Float32Array.from({ length: size }, (_, index) => limit * noise(this.at + index));
    this.at += size;
    return values;
  }

  private filled(size: number, value: number): Tensor {
    this.at += size;
    return this.variable(new Float32Array(size).fill(value), [size]);
  }

  private dense(units: number, activation?: string): Apply {
    const { tf } = this;
    const width = this.shape[this.shape.length - 1];
    const weight = this.variable(this.noise(width * units, 1 / Math.sqrt(width)), [width, units]);
    const bias = this.filled(units, 0);
    const shape = [...this.shape.slice(0, -1), units];
    this.shape = shape;
    return (x) => {
      const rows = tf.reshape(x, [-1, width]);
      const y = tf.fused.matMul({ a: rows, b: weight, bias, ...(activation === 'relu' ? { activation } : {}) });
      return tf.reshape(activation === 'gelu' ? this.gelu(y) : y, [-1, ...shape]);
    };
  }

  private gelu(x: Tensor): Tensor {
    const { tf } = this;
    return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
  }

  /** Rows first in our weights, [filters, channels, height, width]; here [height, width, channels, filters]. */
  private convolution(filters: number, kernel: number): Apply {
    const [height, width, channels] = this.shape;
    const inputs = channels * kernel * kernel;
    const filter = this.variable(this.noise(filters * inputs, 1 / Math.sqrt(inputs)), [filters, channels, kernel, kernel], [2, 3, 1, 0]);
    const bias = this.filled(filters, 0);
    this.shape = [height, width, filters];
    return (x) => this.tf.fused.conv2d({ x, filter, strides: 1, pad: 'same', bias, activation: 'relu' });
  }

  private maxPool(size: number): Apply {
    const [height, width, channels] = this.shape;
    this.shape = [Math.floor(height / size), Math.floor(width / size), channels];
    return (x) => this.tf.maxPool(x, size, size, 'valid');
  }

  /** Channel by channel, as our weights have it. */
  private flatten(): Apply {
    const size = this.shape.reduce((product, length) => product * length, 1);
    this.shape = [size];
    return (x) => this.tf.reshape(this.tf.transpose(x, [0, 3, 1, 2]), [-1, size]);
  }

  /** Gates in ONNX's order, two biases; all steps' inputs are multiplied at once. */
  private recurrent({ cell, units }: Recurrent): Apply {
    if (cell === 'rnn') {
      throw new Error('The TensorFlow.js side of the contest has no cell "rnn".');
    }
    const { tf } = this;
    const [steps, width] = this.shape;
    const rows = (cell === 'lstm' ? 4 : 3) * units;
    const inputWeight = this.variable(this.noise(rows * width, 1 / Math.sqrt(width)), [rows, width], [1, 0]);
    const weight = this.variable(this.noise(rows * units, 1 / Math.sqrt(units)), [rows, units], [1, 0]);
    const [inputBias, bias] = [this.filled(rows, 0), this.filled(rows, 0)];
    this.shape = [units];
    return (x) => {
      const fromInput = tf.fused.matMul({ a: tf.reshape(x, [-1, width]), b: inputWeight, bias: inputBias });
      const start = { hidden: tf.zeros([x.shape[0], units]), memory: tf.zeros([x.shape[0], units]) };
      return tf.unstack(tf.reshape(fromInput, [-1, steps, rows]), 1).reduce(({ hidden, memory }, input) => {
        const fromHidden = tf.fused.matMul({ a: hidden, b: weight, bias });
        return cell === 'lstm' ? this.lstmCell(tf.add(input, fromHidden), memory) : { hidden: this.gruCell(input, fromHidden, hidden), memory };
      }, start).hidden;
    };
  }

  /** Hochreiter and Schmidhuber (1997) with a forget gate (Gers et al., 2000). Gates: input, output, forget, candidate. */
  private lstmCell(sums: Tensor, memory: Tensor): { hidden: Tensor; memory: Tensor } {
    const { tf } = this;
    const units = memory.shape[1];
    const [open, candidate] = tf.split(sums, [3 * units, units], 1);
    const [input, output, forget] = tf.split(tf.sigmoid(open), 3, 1);
    const next = tf.add(tf.mul(forget, memory), tf.mul(input, tf.tanh(candidate)));
    return { hidden: tf.mul(output, tf.tanh(next)), memory: next };
  }

  /** Cho et al. (2014), reset after the product, as cuDNN has it. Gates: update, reset, candidate. */
  private gruCell(input: Tensor, fromHidden: Tensor, hidden: Tensor): Tensor {
    const { tf } = this;
    const units = hidden.shape[1];
    const [openInput, candidateInput] = tf.split(input, [2 * units, units], 1);
    const [openHidden, candidateHidden] = tf.split(fromHidden, [2 * units, units], 1);
    const [update, reset] = tf.split(tf.sigmoid(tf.add(openInput, openHidden)), 2, 1);
    const candidate = tf.tanh(tf.add(candidateInput, tf.mul(reset, candidateHidden)));
    return tf.add(candidate, tf.mul(update, tf.sub(hidden, candidate)));
  }

  /** Vaswani et al. (2017), section 3.2. */
  private attention(heads: number): Apply {
    const { tf } = this;
    const [steps, width] = this.shape;
    const each = width / heads;
    const project = this.dense(3 * width);
    this.shape = [steps, width];
    const out = this.dense(width);
    const apart = (x: Tensor): Tensor => tf.transpose(tf.reshape(x, [-1, steps, heads, each]), [0, 2, 1, 3]);
    return (x) => {
      const [query, key, value] = tf.split(project(x), 3, 2);
      const scores = tf.matMul(tf.mul(apart(query), 1 / Math.sqrt(each)), apart(key), false, true);
      const mixed = tf.matMul(tf.softmax(scores), apart(value), false, false);
      return out(tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [-1, steps, width]));
    };
  }

  /** Ba, Kiros and Hinton (2016), over the features of a step. */
  private layerNormalization(): Apply {
    const { tf } = this;
    const last = this.shape.length;
    const width = this.shape[last - 1];
    const [scale, shift] = [this.filled(width, 1), this.filled(width, 0)];
    return (x) => {
      const centred = tf.sub(x, tf.mean(x, last, true));
      const variance = tf.mean(tf.square(centred), last, true);
      return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, 1e-5))), scale), shift);
    };
  }

  /** Vaswani et al. (2017), section 3.5. */
  private positionalEncoding(): Apply {
    const [steps, width] = this.shape;
    const values = Float32Array.from({ length: steps * width }, (_, index) => {
      const [step, at] = [Math.floor(index / width), index % width];
      const angle = step / 10000 ** ((at - (at % 2)) / width);
      return at % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    });
    const waves = this.tf.tensor(values, [steps, width], 'float32');
    this.constants.push(waves);
    return (x) => this.tf.add(x, waves);
  }

  private residual({ layers }: Residual): Apply {
    const inner = layers.map((spec) => this.layer(spec));
    return (x) => this.tf.add(x, inner.reduce((value, apply) => apply(value), x));
  }

  private globalAveragePool(): Apply {
    this.shape = this.shape.slice(1);
    return (x) => this.tf.mean(x, 1);
  }
}
